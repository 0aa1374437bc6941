"""What the pages load is ours, unchanged, and asks nobody else for anything."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from upheld import web

ROOM = Path(web.__file__).parent
STATIC = ROOM / "static"
FONTS = STATIC / "fonts"
TEMPLATES = sorted((ROOM / "templates").rglob("*.html"))
OWN = sorted([*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), *STATIC.rglob("*.svg")])


def test_each_font_is_the_one_recorded() -> None:
    recorded = dict(re.findall(r"\| (\S+\.woff2) \|.*\| ([0-9a-f]{64}) \|", (FONTS / "README.md").read_text()))
    assert recorded == {file.name: sha256(file.read_bytes()).hexdigest() for file in FONTS.glob("*.woff2")}


def test_each_font_has_its_licence_beside_it() -> None:
    licences = [file.read_text() for file in FONTS.glob("*.LICENSE.txt")]
    assert len(licences) == 2
    assert all("SIL Open Font License, Version 1.1" in text for text in licences)


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.name)
def test_nothing_names_another_origin(file: Path) -> None:
    named = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", file.read_text()))
    assert named <= {"http://www.w3.org"}  # the name of SVG, which is fetched by nobody


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_no_template_has_inline_style_or_script(file: Path) -> None:
    text = file.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert "|safe" not in text
    assert "autoescape off" not in text


@pytest.mark.parametrize("file", sorted(STATIC.rglob("*.js")), ids=lambda file: file.name)
def test_no_script_makes_html_or_code_of_text(file: Path) -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", file.read_text()
    )


def test_colours_are_named_in_one_place() -> None:
    for file in STATIC.rglob("*.css"):
        if file.name not in {"tokens.css", "print.css"}:
            # White behind a QR code is no matter of taste: readers need the contrast.
            found = [each for each in re.findall(r"#[0-9a-f]{3,8}\b", file.read_text()) if each != "#fff"]
            assert not found, file.name


def channel(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    red, green, blue = (channel(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground(theme: int) -> None:
    text = (STATIC / "css" / "tokens.css").read_text()
    day, night = text.split("prefers-color-scheme: dark")
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", day))
    if theme:
        tokens |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", night))
    for ground in ("paper", "sheet", "shade"):
        for ink in ("ink", "soft", "link", "good", "bad", "wait"):
            assert contrast(tokens[ink], tokens[ground]) >= 4.5, (ink, ground)
        for edge in ("edge", "focus"):
            assert contrast(tokens[edge], tokens[ground]) >= 3, (edge, ground)
    assert contrast(tokens["bad"], tokens["bad-shade"]) >= 4.5
    assert contrast(tokens["on-act"], tokens["act"]) >= 4.5
    assert contrast(tokens["paper"], tokens["bad"]) >= 4.5
