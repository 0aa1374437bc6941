"""The Python beacon as a package: for old Pythons, typed, light, and measured."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import beacons
from tests.clients.conftest import CLIENTS

PACKAGE = CLIENTS / "python"
MODULES = sorted((PACKAGE / "upheld_beacon").glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_python_3_9_can_read_it(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=(3, 9))
    assert ast.get_docstring(tree)


def test_it_imports_nothing_but_python_and_no_network_before_it_is_used() -> None:
    told = "import sys; import upheld_beacon; print(*sorted(set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    done = subprocess.run(
        [sys.executable, "-S", "-c", told], env=environment, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded <= sys.stdlib_module_names | {"__main__", "upheld_beacon"}
    assert not {"ssl", "http.client", "urllib.request"} & set(done.stdout.split())


def test_its_types_hold(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", "upheld_beacon"]
    done = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_it_declares_no_dependency() -> None:
    declared = (PACKAGE / "pyproject.toml").read_text()
    assert re.search(r"^dependencies = \[\]$", declared, re.MULTILINE)
    assert (PACKAGE / "LICENSE").read_bytes() == (CLIENTS.parent / "LICENSE").read_bytes()


def test_its_cost_is_measured() -> None:
    _, heads, rows = beacons.measure(2_000)
    measured = {row[0]: [float(cell.replace(",", "")) for cell in row[1:] if cell] for row in rows}
    assert len(heads) == 3
    assert all(figures and all(figures) for figures in measured.values())
    assert max(measured["report of 60 days: bytes"]) < 48 * 1024
