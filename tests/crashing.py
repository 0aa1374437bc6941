"""The process that `tests.crash` starts: it restores, forks, kills and checks, step by step."""

import importlib.util
import json
import os
import re
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from django.core.management import call_command
from django.db import connections

from tests import instance
from tests.crash import Step

MOST = 2000
READS = re.compile(r"\s*(SELECT|BEGIN|SAVEPOINT|RELEASE|SET|SHOW|PRAGMA (?!wal_checkpoint))", re.IGNORECASE)
WRITING = os.O_WRONLY | os.O_RDWR
CHANGES = {"os.link", "os.mkdir", "os.remove", "os.rename", "os.truncate"}


class Countdown:
    """Kills this process before a step, counted from 1."""

    def __init__(self, step: int) -> None:
        self.left = step

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        for connection in connections.all():
            connection.execute_wrappers.append(self._before_statement)
            connection._commit = self._counted(connection._commit)
        sys.addaudithook(self._before_change)

    def _before_statement(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not READS.match(sql):
            self.tick()
        return execute(sql, *rest)

    def _counted(self, commit: Callable[[], None]) -> Callable[[], None]:
        def counted() -> None:
            self.tick()
            commit()

        return counted

    def _before_change(self, event: str, arguments: tuple[Any, ...]) -> None:
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
        if (opened or event in CHANGES) and _in_home(arguments[0]):
            self.tick()


def _in_home(path: object) -> bool:
    return isinstance(path, str | os.PathLike) and os.fspath(path).startswith(os.environ["UPHELD_HOME"])


class Copies:
    """The instance as it was before the verb: its folder, and its databases on the server if they are there."""

    def __init__(self) -> None:
        self.home = Path(os.environ["UPHELD_HOME"])
        self.kept = self.home.with_name("kept")
        urls = [os.environ[name] for name in ("DATABASE_URL", "KEYS_URL")]
        self.names = [urlsplit(url).path[1:] for url in urls if url]

    def create(self) -> None:
        self._run("CREATE DATABASE {0}")

    def keep(self) -> None:
        shutil.copytree(self.home, self.kept)
        self._run("CREATE DATABASE {0}_kept TEMPLATE {0}")

    def restore(self) -> None:
        shutil.rmtree(self.home)
        shutil.copytree(self.kept, self.home)
        self._run("DROP DATABASE {0} WITH (FORCE)", "CREATE DATABASE {0} TEMPLATE {0}_kept")

    def remove(self) -> None:
        self._run("DROP DATABASE IF EXISTS {0} WITH (FORCE)", "DROP DATABASE IF EXISTS {0}_kept WITH (FORCE)")

    def _run(self, *statements: str) -> None:
        if self.names:
            instance.server().run(*(each.format(name) for name in self.names for each in statements))


def main(plan: str) -> None:
    copies = Copies()
    copies.create()
    try:
        django.setup()
        before, verb, check = (load(*place) for place in json.loads(plan))
        survives(lambda: prepare(before), "The preparation")
        copies.keep()
        print(each_step(verb, check, copies))  # noqa: T201 - the answer to the test that started us
    finally:
        copies.remove()


def prepare(before: Step) -> None:
    for alias in connections:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    before()


def each_step(verb: Step, check: Step, copies: Copies) -> int:
    for step in range(1, MOST):
        copies.restore()
        ran_through = survives(lambda number=step: mortal(verb, number), f"The verb, on its way to step {step},")
        if not survives(check, f"The check after a death before step {step}"):
            raise SystemExit(f"The check after a death before step {step} was killed.")
        if ran_through:
            return step - 1
    raise SystemExit(f"The verb has more than {MOST} steps.")


def mortal(verb: Step, step: int) -> None:
    Countdown(step).watch()
    verb()


def survives(task: Callable[[], None], what: str) -> bool:
    """Run it in a fork of this process: True when it ran through, False when it was killed."""
    child = os.fork()
    if child == 0:
        try:
            task()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return False
    if os.WEXITSTATUS(status):
        raise SystemExit(f"{what} failed.")
    return True


def load(file: str, name: str) -> Step:
    """A function of a test file, which is no package to import from."""
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    step: Step = getattr(module, name)
    return step


if __name__ == "__main__":
    main(sys.argv[1])
