"""Kills a verb before each of its steps in turn, and looks at what is left.

A step is a writing statement or a commit on either database, or a change to a file of the instance. For n = 1, 2,
3 … a copy of one instance is put in place, the verb runs in a process of its own that dies by SIGKILL just before
its n-th step, and `check` runs in another process: resume what should be resumed, assert what must hold. (Not when
nothing lasting was done since step n - 1: see `tests.crashing`.) It ends when the verb has run through. No code of
the product knows of it: databases are watched through Django's execute wrappers, files through the interpreter's
audit events (PEP 578).

    def test_erasure_survives_a_crash_anywhere() -> None:
        assert kill_at_each_step(erase_her, before=sign_her_up, check=nothing_is_half_erased) > 5

The three are functions at the top of a test file that take nothing; they run in processes that have Django set up
on that instance, and no pytest. What one has to tell another it writes into a file of the instance's folder.
"""

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests import instance
from upheld.home import Home
from upheld.policy import decisions

Step = Callable[[], None]
PLACES = ("UPHELD_HOME", "DATABASE_URL", "KEYS_URL")  # of the instance that is killed: its process has its own


class Died(AssertionError):
    """A check failed, or one of the three raised; the text is what the process said."""


def nothing() -> None:
    """No preparation."""


def kill_at_each_step(verb: Step, *, check: Step, before: Step = nothing) -> int:
    """Run `check` after the death of `verb` before each of its steps that may matter, and after its success.

    Returns how many steps there were. Raises Died with the output of the first check that failed.
    """
    plan = [[step.__code__.co_filename, step.__name__] for step in (before, verb, check)]
    environment = {name: value for name, value in os.environ.items() if name not in PLACES}
    process = started()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([plan, environment, bool(decisions._guards)]) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if isinstance(answer, str):
        raise Died(answer)
    return int(answer)


@cache
def started() -> "subprocess.Popen[str]":
    """The process that forks those that die: one for each test process, since starting it takes seconds."""
    home = Home(Path(os.environ[instance.RUN]) / f"crash{os.getpid()}")
    instance.make(home)
    environment = os.environ | {"UPHELD_HOME": str(home.folder)} | instance.databases(home.folder.name)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crashing"],
        cwd=instance.PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    atexit.register(process.communicate)  # it ends when nothing more can be asked
    return process
