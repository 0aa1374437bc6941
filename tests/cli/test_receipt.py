"""`upheld receipt verify`: with the key alone, offline, for people and for scripts."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.served import UPHELD
from upheld.cli.receipt import command

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "receipt-v2.json").read_text("utf-8"))
KEY = VECTORS["key"]
RECEIPTS = {each["name"]: each["receipt"] for each in VECTORS["receipts"]}
GOOD = RECEIPTS["an erasure on request, a part of it kept"]


def verify(text: str | bytes, *more: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(command, ["verify", "-", "--json", "--key", KEY, *more], input=text)
    return done.exit_code, json.loads(done.output)


def test_a_script_reads_what_it_says() -> None:
    code, said = verify(GOOD)
    assert (code, said["ok"], said["about"], said["state"]) == (0, True, "erasure", "partly_fulfilled")
    assert (said["index"], said["tree"], said["removed"]) == (5, 11, 4)
    assert said["told"] == ["carrier erased done 1", "processor erased told 2"]
    assert said["steps"][-1] == "2026-11-02T09:00:05.000Z partly_fulfilled kept_by_law"
    assert "item" not in said


@pytest.mark.parametrize(
    "text",
    [GOOD.replace("state: partly", "state: full"), "", b"\xff\xfe\0", b"x" * 200_000],
    ids=["altered", "empty", "bytes", "large"],
)
def test_a_script_reads_why_not(text: str | bytes) -> None:
    code, said = verify(text)
    assert (code, said["ok"], set(said)) == (1, False, {"ok", "why"})
    assert said["why"].startswith("The receipt does not hold: ")
    assert verify(GOOD, "--key", "nonsense")[0] == 1


def test_it_needs_no_instance_and_says_what_is_wrong_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD, "utf-8")
    (tmp_path / "bad.txt").write_text(GOOD.replace("A small", "A large"), "utf-8")

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = os.environ | {"UPHELD_HOME": str(tmp_path / "none")}
        return subprocess.run(
            [UPHELD, "receipt", "verify", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )

    good = run("good.txt", "--key", KEY)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("Genuine: everything about 01a00000-0000-7000-8000-0000000000aa was erased on ")
    bad = run("bad.txt", "--key", KEY)
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith("upheld: The receipt does not hold: ")
    for path in (str(tmp_path), str(tmp_path / "no.txt")):
        assert CliRunner().invoke(command, ["verify", path, "--key", KEY]).exit_code == 2
    assert not (tmp_path / "none").exists()
