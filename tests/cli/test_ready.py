"""The command that starts at once says and does what the real one does."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import UPHELD, Command
from tests.ready import program


@pytest.mark.parametrize(
    "line",
    [
        "--version",
        "orders list --json",
        "orders list",
        "orders show NONE",
        "news list",
        "policy check no-such.md",
        "no such command",
        "conversations list < /dev/null",
    ],
)
def test_it_says_what_the_real_one_says(line: str, template: Command) -> None:
    def said(upheld: Path) -> tuple[int, str, str]:
        environment = template.environment | {"COLUMNS": "90"}
        done = subprocess.run(
            ["sh", "-c", f"{upheld} {line}"],
            cwd=template.home.folder.parent, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    assert said(program()) == said(Path(UPHELD))


def test_it_is_a_process_of_its_own_in_its_own_place(template: Command, tmp_path: Path) -> None:
    code = "import os; print(os.getpid(), os.getcwd(), os.environ['MINE'], open(0).read(), end='')"
    done = subprocess.run(
        [program(), "-c", code],
        cwd=tmp_path, env=os.environ | {"MINE": "yes"}, input="typed", text=True, capture_output=True, check=True,
    )  # fmt: skip
    pid, *rest = done.stdout.split(" ")
    assert int(pid) != os.getpid()
    assert rest == [str(tmp_path), "yes", "typed"]
    assert "MINE" not in os.environ


def test_what_fails_there_fails_here(template: Command) -> None:
    done = subprocess.run([program(), "-c", "1 / 0"], env=template.environment, text=True, capture_output=True)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
