"""What the command prints, as transcripts that read like a terminal.

A file `*.txt` beside this one is a session. `$ upheld …` runs that command; the lines below it, up to the next
blank one before a `$`, are what it prints on both outputs, where `...` stands for anything within a line and a line
of `...` for any lines. `[exit 1]` as the last of them says how it ends; else it ends well. `$ echo TEXT > FILE` and
`$ sed -i COMMAND FILE` are the shell's own; after `$ sit down`, somebody with every job works at this terminal. Lines
that start with `#` explain.
"""

import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.instance import POLICY
from tests.ready import program

SESSIONS = sorted(Path(__file__).parent.glob("*.txt"))


def steps(session: str) -> list[tuple[str, str]]:
    """Every command with what it should print."""
    text = re.sub(r"^#.*\n", "", session, flags=re.MULTILINE)
    found = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, flags=re.MULTILINE)
    return [(command, expected.rstrip("\n")) for command, expected in found]


def pattern(expected: str) -> str:
    parts = [
        "(?:.*\n)*?" if line == "..." else r".*".join(map(re.escape, line.split("..."))) + "\n"
        for line in expected.split("\n")
    ]
    return "".join(parts) if expected else ""


@pytest.mark.parametrize("file", SESSIONS, ids=lambda file: file.stem)
def test_a_session_goes_as_written(file: Path, command: Command, tmp_path: Path) -> None:
    (tmp_path / "exokit.md").write_bytes(POLICY.read_bytes())
    environment = command.environment | {"PATH": f"{program().parent}:/usr/bin:/bin", "COLUMNS": "100"}
    for line, expected in steps(file.read_text("utf-8")):
        if line == "sit down":
            command.sit_down()
            continue
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        printed = done.stdout + (f"[exit {done.returncode}]\n" if done.returncode else "")
        assert re.fullmatch(pattern(expected), printed), f"$ {line}\n{printed}\nexpected:\n{expected}"
