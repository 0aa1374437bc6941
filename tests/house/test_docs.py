"""Documentation that is wrong fails here: what it names exists, what exists is named, and what it shows is run."""

import ast
import os
import re
import subprocess
import tomllib
from pathlib import Path

import click
import pytest

from docs.write import pages
from tests.embedding.shop.models import Customer
from tests.served import UPHELD
from upheld import vault
from upheld.cli import commands
from upheld.cli.reference import leaves
from upheld.home import SETTINGS, Home
from upheld.policy import Promise, force, load
from upheld.policy.acts import Act

PROJECT = Path(__file__).parents[2]
README = PROJECT / "README.md"
WRITTEN = sorted(
    [
        *PROJECT.glob("*.md"),
        *PROJECT.glob("docs/**/*.md"),
        *PROJECT.glob("upheld/**/*.md"),
        *PROJECT.glob("benchmarks/*.md"),
    ]
)
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NAMES = {
    "acts.md": list(Act),
    "commands.md": [" ".join(words) for words, _ in leaves(commands, ("upheld",))],
    "promises.md": list(Promise),
    "settings.md": [setting.name for setting in SETTINGS],
}


def blocks(path: Path, *languages: str) -> list[str]:
    """The code in a page, without the indentation of its list."""
    found = BLOCK.findall(path.read_text("utf-8"))
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, kind, code in found if kind in languages]


def ids(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_is_current(name: str) -> None:
    page = (PROJECT / "docs" / "reference" / name).read_text("utf-8")
    assert page == pages()[name](), "run make docs"


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_is_complete(name: str) -> None:
    page = (PROJECT / "docs" / "reference" / name).read_text("utf-8")
    assert not [
        each for each in NAMES[name] if not re.search(rf"(?:^## |`){re.escape(each)}(?:$|`)", page, re.MULTILINE)
    ]


@pytest.mark.parametrize("path", WRITTEN, ids=ids)
def test_each_link_leads_somewhere(path: Path) -> None:
    broken = [link for link in LINK.findall(path.read_text("utf-8")) if not leads(path, link)]
    assert not broken


def leads(path: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    name, _, anchor = link.partition("#")
    target = (path.parent / name).resolve() if name else path
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_a_broken_link_is_noticed() -> None:
    assert not leads(README, "docs/nowhere.md")
    assert not leads(README, "docs/trust.md#nothing")
    assert leads(README, "docs/trust.md#stores")


def test_each_page_is_reached() -> None:
    """Every page can be found by following links from the README."""
    reached, left = set[Path](), [README]
    while left:
        page = left.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        links = [link.partition("#")[0] for link in LINK.findall(page.read_text("utf-8"))]
        left += [(page.parent / link).resolve() for link in links if not re.match(r"[a-z]+:", link)]
        left += [page.parent / link / "README.md" for link in links]
    assert not [ids(path) for path in (PROJECT / "docs").glob("**/*.md") if path not in reached]


@pytest.mark.parametrize("path", WRITTEN, ids=ids)
def test_each_command_that_is_shown_exists(path: Path) -> None:
    shown = [line[2:] for code in blocks(path, "console") for line in code.splitlines() if line[:2] in ("$ ", "# ")]
    shown += re.findall(r"`((?:upheld|make) [^`]+)`", path.read_text("utf-8"))
    assert not [line for line in shown if not exists(line)]


def exists(line: str) -> bool:
    """Whether the words after `upheld` or `make`, wherever in the line, name a command or a target."""
    words = re.search(r"(?:^|\s|/)(upheld|make)((?: [a-z][a-z-]*)+)", line)
    if not words or line.startswith(("export", "adduser", "runuser -u postgres")):
        return True
    if words[1] == "make":
        return re.search(rf"^{words[2].split()[0]}:", (PROJECT / "Makefile").read_text(), re.MULTILINE) is not None
    found: click.Command | None = commands
    for word in words[2].split():
        if isinstance(found, click.Group):
            found = found.commands.get(word)
    return found is not None


def test_a_command_that_is_not_there_is_noticed() -> None:
    assert not exists("upheld fly")
    assert not exists("upheld policy fly")
    assert not exists("make haste")


@pytest.mark.parametrize("path", WRITTEN, ids=ids)
def test_code_that_is_shown_can_be_read(path: Path, tmp_path: Path) -> None:
    for code in blocks(path, "python"):
        ast.parse(code)
    for code in blocks(path, "toml"):
        tomllib.loads(code)
        (tmp_path / "upheld.toml").write_text(code)
        assert Home(tmp_path).settings


def test_the_makefile_is_short() -> None:
    targets = re.findall(r"^([a-z]+):.*##", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert 4 < len(targets) <= 8


def test_the_readme_is_short_and_starts_with_a_session() -> None:
    lines = README.read_text("utf-8").splitlines()
    assert len(lines) <= 120
    assert lines.index("```console") < 20


def test_the_readmes_session_runs(tmp_path: Path) -> None:
    environment = os.environ | {"UPHELD_HOME": str(tmp_path / "var"), "DATABASE_URL": "", "KEYS_URL": ""}
    environment["PATH"] = f"{UPHELD.parent}:{environment['PATH']}"
    for command, expected in session(blocks(README, "console")[0]):
        done = subprocess.run(
            ["/bin/sh", "-c", command], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        assert re.fullmatch(expected, done.stdout), f"{command}: {done.stdout}"


def session(text: str) -> list[tuple[str, str]]:
    """Commands, each with a pattern of its output, where `...` stands for anything."""
    turns = [turn.partition("\n") for turn in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]]
    return [(command, re.escape(said).replace(r"\.\.\.", "(?s:.*)")) for command, _, said in turns]


def test_the_embedding_that_is_shown_runs(transactional_db: None, tmp_path: Path) -> None:
    before = force.published().directory
    force.configure(tmp_path / "policy").add(load(PROJECT / "tests" / "embedding" / "policy.md"))
    _, _, shown = blocks(PROJECT / "docs" / "guide" / "embed.md", "python")
    known: dict[str, object] = {"Customer": Customer}
    try:
        for statement in ast.parse(shown).body:
            code = ast.get_source_segment(shown, statement) or ""
            if isinstance(statement, ast.Expr):
                known[code] = str(eval(code, known))  # noqa: S307 - our own page
            else:
                exec(code, known)  # noqa: S102 - our own page
    finally:
        force.configure(before)
    assert known["customer.email"] == "•••"
    assert "{'email': 'ada@example.org'}" in known.values()
    customer = known["customer"]
    assert isinstance(customer, Customer)
    assert vault.is_erased(customer.subject)
