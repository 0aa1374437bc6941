"""`upheld build read`: with this instance's key, or offline with one that is named."""

import json
import os
import subprocess
from pathlib import Path

from tests.builds.stamps import samples
from tests.cli.conftest import Command
from tests.served import UPHELD

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "build-stamp.json").read_text("utf-8"))
SIDES = {each["name"]: each["side"] for each in VECTORS["stamps"] if each["holds"]}


def offline(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"UPHELD_HOME": str(folder / "none")}
    return subprocess.run(
        [UPHELD, "build", "read", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_a_script_reads_which_build_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "engine.run").write_bytes(b"#!/bin/sh\n")
    (tmp_path / "engine.run.upheld.json").write_text(SIDES["genuine"])
    done = offline(tmp_path, "engine.run", "--json", "--key", VECTORS["key"])
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "number": samples.NUMBER, "signed": True, "product": "engine", "version": "1.2.3-beta.1+5",
        "platform": "linux-x64", "site": "https://customers.example",
    }  # fmt: skip
    (tmp_path / "engine.run.upheld.json").write_text(SIDES["another number"])
    done = offline(tmp_path, "engine.run", "--key", VECTORS["key"])
    assert done.returncode == 0
    assert "Not signed by this key" in done.stdout
    assert not (tmp_path / "none").exists()


def test_what_is_wrong_is_one_sentence(tmp_path: Path) -> None:
    samples.zipped(tmp_path / "plain.zip")
    samples.zipped(tmp_path / "bad.zip", comment=b'upheld-build-stamp/v1\n{"v":1}\n' + b"A" * 86 + b"==\n")
    key = ("--key", VECTORS["key"])
    for arguments, code, said in (
        (("plain.zip", *key), 1, "This file has no stamp, and there is no side file next to it: plain.zip."),
        (("bad.zip", *key), 1, "The stamp in this file does not hold: what it says does not read. Get a new copy."),
        (("plain.zip", "--key", "nonsense"), 1, "the public key is not of the form name+id+key"),
        (("plain.zip",), 1, "There is no instance in"),
        (("none.zip", *key), 2, "does not exist"),
    ):
        done = offline(tmp_path, *arguments)
        assert (done.returncode, done.stdout) == (code, "")
        assert said in done.stderr
        assert done.stderr.count("\n") == 1


def test_an_instance_knows_its_own_stamps(made: Command, tmp_path: Path) -> None:
    code = """
from pathlib import Path
from tests.builds.stamps import samples
from upheld.builds import stamps
path = samples.zipped(Path("engine.zip"))
print(stamps.stamp(path, path, payload=samples.payload()))
"""
    assert made.within(f"import os; os.chdir({str(tmp_path)!r}){code}") == "zip\n"
    said = json.loads(made.ok("build", "read", str(tmp_path / "engine.zip"), "--json"))
    assert (said["number"], said["signed"]) == (samples.NUMBER, True)
    assert made.ok("build", "read", str(tmp_path / "engine.zip")).startswith(f"{samples.NUMBER}: engine 1.2.3-beta.1+5")
