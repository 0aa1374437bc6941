"""What the desk loads is ours or pinned, and asks nobody else for anything."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from upheld import desk

ROOM = Path(desk.__file__).parent
STATIC = ROOM / "static" / "desk"
TEMPLATES = sorted((ROOM / "templates").rglob("*.html"))
OWN = sorted(file for file in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")] if "htmx" not in file.name)


def test_what_is_not_ours_is_what_is_recorded() -> None:
    recorded = dict(re.findall(r"\| (\S+\.min\.js) \|.*\| ([0-9a-f]{64}) \|", (STATIC / "README.md").read_text()))
    assert recorded == {file.name: sha256(file.read_bytes()).hexdigest() for file in STATIC.rglob("*.min.js")}
    assert "Zero-Clause BSD" in (STATIC / "js" / "htmx-2.0.7.LICENSE.txt").read_text()


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.name)
def test_nothing_names_another_origin(file: Path) -> None:
    assert not re.findall(r"(?:https?:)?//[\w.-]+\.\w+", file.read_text())


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_no_template_has_inline_style_or_script(file: Path) -> None:
    text = file.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|\shx-on|javascript:|hx-vals='js", text)
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert "|safe" not in text
    assert "autoescape off" not in text


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.name)
def test_no_script_makes_code_of_text(file: Path) -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", file.read_text()
    )


def test_htmx_neither_evaluates_nor_remembers() -> None:
    base = (ROOM / "templates" / "desk" / "base.html").read_text()
    for setting in (
        '"allowEval": false',
        '"selfRequestsOnly": true',
        '"historyCacheSize": 0',
        '"historyEnabled": false',
    ):
        assert setting in base


def test_colours_are_named_in_one_place() -> None:
    for file in STATIC.rglob("*.css"):
        assert not re.findall(r"#[0-9a-f]{3,8}\b", file.read_text()), file.name
