"""The benchmarks run on what is here now; what they measure is for `make bench` on a quiet machine."""

import os
import subprocess
import sys

from tests.instance import CHOICE, PROJECT


def test_a_little_of_everything_runs() -> None:
    command = [sys.executable, "-m", "benchmarks", "--quick", "--database", os.environ[CHOICE]]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for shown in ("request: sign in", "data: open 1,000", "See and erase", "ledger: verify entries"):
        assert shown in done.stdout
