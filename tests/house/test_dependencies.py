"""Every dependency is wanted, pinned, and free to ship."""

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text())
NAME = re.compile(r"[A-Za-z0-9._-]+")
PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[a-z-]+\])?==(\S+) \\$", re.MULTILINE)
# Weak copyleft, as a library of its own, loaded unchanged.
LGPL = {"psycopg", "psycopg-binary", "python-stdnum"}


def canonical(requirement: str) -> str:
    """A package's name as PEP 503 writes it."""
    name = NAME.match(requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def direct() -> set[str]:
    wanted = [*DECLARED["project"]["dependencies"], *DECLARED["dependency-groups"]["dev"]]
    return {canonical(requirement) for requirement in wanted}


def pinned(name: str) -> dict[str, str]:
    return dict(PINNED.findall((PROJECT / "requirements" / f"{name}.txt").read_text()))


def licence(name: str) -> str:
    """What the package's own metadata say, in every field that may say it, and the beginning of the licence itself."""
    package = distribution(name)
    said = package.metadata
    classifiers = [each for each in said.get_all("Classifier") or [] if each.startswith("License")]
    files = [package.read_text(f"licenses/{each}") or "" for each in said.get_all("License-File") or []]
    begins = [each.strip()[:200] for each in files]
    return " ".join([said.get("License-Expression") or "", (said.get("License") or "")[:200], *classifiers, *begins])


def test_each_direct_one_has_its_line() -> None:
    lines = (PROJECT / "docs" / "why" / "dependencies.md").read_text()
    wanted_for = re.findall(r"\*\*([a-z0-9-]+)\*\*", lines.partition("## Tried and left out")[0])
    assert sorted(wanted_for) == sorted(direct())


@pytest.mark.parametrize("name", ["run", "dev"])
def test_each_one_is_pinned_with_digests(name: str) -> None:
    text = (PROJECT / "requirements" / f"{name}.txt").read_text()
    entries = re.split(r"\n(?=[a-z])", text.strip())
    assert len(entries) == len(pinned(name))
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


def test_the_pins_satisfy_what_is_declared() -> None:
    from packaging.requirements import Requirement

    for listed, where in [
        (DECLARED["project"]["dependencies"], "run"),
        (DECLARED["dependency-groups"]["dev"], "dev"),
    ]:
        have = pinned(where)
        for text in listed:
            wanted = Requirement(text)
            assert have.get(canonical(text), "nothing") in wanted.specifier, f"{text} in {where}.txt"


def test_the_tests_run_on_what_is_shipped() -> None:
    run, dev = pinned("run"), pinned("dev")
    assert run.items() <= dev.items()


def test_each_is_installed_as_pinned() -> None:
    assert {name: distribution(name).version for name in pinned("run")} == pinned("run")


def test_nothing_shipped_is_under_the_gpl() -> None:
    copyleft = {name for name in pinned("run") if re.search(r"GPL|GNU", licence(name))}
    assert copyleft == LGPL
    assert not [name for name in LGPL if "LGPL" not in licence(name)]


def test_each_licence_is_known() -> None:
    assert not [name for name in pinned("run") if not licence(name).strip()]


def test_only_the_shipped_ones_are_imported() -> None:
    """No module of the product imports what only development has."""
    only_dev = {
        "hypothesis",
        "playwright",
        "pytest",
        "fideslang",
        "axe_playwright_python",
        "importlinter",
        "localstripe",
        "pypdf",
    }
    pattern = re.compile(rf"^\s*(?:from|import) ({'|'.join(only_dev)})\b", re.MULTILINE)
    found = [path for path in (PROJECT / "upheld").rglob("*.py") if pattern.search(path.read_text("utf-8"))]
    assert not found
