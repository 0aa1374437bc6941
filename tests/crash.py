"""Kills a verb before each of its steps in turn, and looks at what is left.

A step is a writing statement or a commit on either database, or a change to a file of the instance. For n = 1, 2,
3 … a copy of one instance is put in place, the verb runs in a process of its own that dies by SIGKILL just before
its n-th step, and `check` runs in another process: resume what should be resumed, assert what must hold. It ends
when the verb has run through. No code of the product knows of it: databases are watched through Django's execute
wrappers, files through the interpreter's audit events (PEP 578).

    def test_erasure_survives_a_crash_anywhere() -> None:
        assert kill_at_each_step(erase_her, before=sign_her_up, check=nothing_is_half_erased) > 5

The three are functions at the top of a test file that take nothing; they run in processes that have Django set up
on that instance, and no pytest. What one has to tell another it writes into a file of the instance's folder.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests import instance
from upheld.home import Home

Step = Callable[[], None]


class Died(AssertionError):
    """A check failed, or one of the three raised; the text is what the process said."""


def nothing() -> None:
    """No preparation."""


def kill_at_each_step(verb: Step, *, check: Step, before: Step = nothing) -> int:
    """Run `check` after the death of `verb` before each of its steps, and after its success.

    Returns how many steps there were. Raises Died with the output of the first check that failed.
    """
    with tempfile.TemporaryDirectory(prefix="crash-", dir=os.environ[instance.RUN]) as folder:
        home = Home(Path(folder) / "home")
        instance.make(home)
        environment = os.environ | {"UPHELD_HOME": str(home.folder)} | instance.databases(f"crash{os.getpid()}")
        plan = [[step.__code__.co_filename, step.__name__] for step in (before, verb, check)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.crashing", json.dumps(plan)],
            cwd=instance.PROJECT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise Died(done.stdout + done.stderr)
    return int(done.stdout.splitlines()[-1])
