"""How the house is kept: sizes, names, and what no file of it may hold."""

import ast
import re
import statistics
import subprocess
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
LONGEST_FILE = 300
LONGEST_FUNCTION = 50
BAGS = {"helpers", "managers", "services", "signals", "utils"}
LATER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
SUPPRESSION = re.compile(r"# (?:no" + r"qa|type: ig" + r"nore)")
REASONED = re.compile(r"# (?:noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*|type: ignore\[[\w, -]+\])\s+[-#]\s+\S.{7,}")
FLAWS: dict[str, tuple[re.Pattern[str], str]] = {
    "inline style": (re.compile(r"<style|\sstyle=", re.IGNORECASE), '<p style="color: red">'),
    "inline script": (re.compile(r"<script(?![^>]*\ssrc=)|\son[a-z]+=", re.IGNORECASE), '<a onclick="go()">'),
    "another origin": (
        re.compile(r"""(?:src|action|data)=["']?(?:https?:)?//|<link[^>]*href=["']?(?:https?:)?//""", re.IGNORECASE),
        '<img src="//elsewhere.example/a.png">',
    ),
    "unescaped text": (re.compile(r"\|\s*safe\b|autoescape off"), "{{ text|safe }}"),
}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project, by git's word, or by the tree's where there is no git."""
    if (PROJECT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True).stdout.decode().split("\0")
        return tuple(path for name in names if name and (path := PROJECT / name).is_file())
    return tuple(path for path in PROJECT.rglob("*") if path.is_file() and ".venv" not in path.parts)


def files(*endings: str, under: str = "") -> list[Path]:
    return [path for path in tracked() if path.suffix in endings and path.is_relative_to(PROJECT / under)]


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(PROJECT)) for path in paths]


def code() -> list[Path]:
    """What people write by hand: migrations are written by Django."""
    return [path for path in files(".py") if path.parent.name != "migrations"]


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def functions(path: Path) -> list[tuple[str, int]]:
    """Each function's name, with its length without its docstring."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False)
            said = docstring.count("\n") + 1 if docstring else 0
            found.append((f"{path.relative_to(PROJECT)}: {node.name}", (node.end_lineno or 0) - node.lineno + 1 - said))
    return found


def test_files_are_short() -> None:
    assert not [f"{path}: {lines(path)}" for path in code() if lines(path) > LONGEST_FILE]


def test_functions_are_short() -> None:
    found = [each for path in code() for each in functions(path)]
    assert not [each for each in found if each[1] > LONGEST_FUNCTION]
    product = [size for path in code() if path.is_relative_to(PROJECT / "upheld") for _, size in functions(path)]
    assert statistics.median(product) <= 8


def test_no_module_is_a_bag() -> None:
    assert not named([path for path in code() if path.stem in BAGS or path.parent.name in BAGS])


def test_nobody_sends_signals() -> None:
    text = re.compile(r"from django\.(?:\w+\.)*signals|from django\.dispatch|@receiver")
    assert not named([path for path in files(".py", under="upheld") if text.search(path.read_text("utf-8"))])


def test_nothing_is_left_for_later() -> None:
    kinds = (".py", ".md", ".html", ".css", ".js", ".toml", ".txt")
    assert not named([path for path in files(*kinds) if LATER.search(path.read_text("utf-8", "replace"))])


def test_each_suppression_has_a_rule_and_a_reason() -> None:
    """The reason stands behind it, or in the comment above it."""
    bare = []
    for path in code():
        above = ""
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if SUPPRESSION.search(line) and not REASONED.search(line) and not above.startswith("# "):
                bare.append(f"{path.relative_to(PROJECT)}:{number}")
            above = line.strip()
    assert not bare


def test_every_module_says_what_it_is() -> None:
    long = [path for path in code() if path.is_relative_to(PROJECT / "upheld") and lines(path) > 30]
    assert not named([path for path in long if not ast.get_docstring(ast.parse(path.read_text("utf-8")))])


@pytest.mark.parametrize("flaw", FLAWS)
def test_no_template_has(flaw: str) -> None:
    pattern, example = FLAWS[flaw]
    assert pattern.search(example), "a pattern that finds nothing shows nothing"
    assert not named([path for path in files(".html") if pattern.search(path.read_text("utf-8"))])


@pytest.mark.parametrize("kind", [".css", ".js"])
def test_no_asset_names_another_origin(kind: str) -> None:
    outward = re.compile(r"""(?:url\(|@import|import|fetch\()\s*["']?(?:https?:)?//""")
    assert outward.search("url(//elsewhere.example/font)")
    assert not named([path for path in files(kind, under="upheld") if outward.search(path.read_text("utf-8"))])


def test_text_files_end_as_editorconfig_says() -> None:
    kinds = (".py", ".md", ".html", ".css", ".js", ".toml", ".txt", ".yml")
    ours = [path for path in files(*kinds) if not path.name.endswith(".min.js")]  # what others made stays as it came
    assert not named([path for path in ours if b"\r\n" in path.read_bytes() or not ends_well(path)])


def ends_well(path: Path) -> bool:
    return not path.stat().st_size or path.read_bytes().endswith(b"\n")
