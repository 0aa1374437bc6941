"""The process that `tests.crash` starts: it restores, forks, kills and checks, step by step.

It is asked on standard input, a line for each verb, and answers on standard output with the number of steps or with
what went wrong. What forks import, it imports too, so that those to come need not.

A death between two statements of one transaction leaves what a death at its beginning leaves: the databases promise
that. So after each death it is looked whether anything lasting was done since the one before: a commit, a change of a
file, something said to another process. If so `check` runs; if not, it is enough that the same number of rows and the
same files are there.
"""

import filecmp
import gc
import importlib
import importlib.util
import json
import mmap
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from django.core.management import call_command
from django.db import connections

from tests import instance
from tests.crash import Step
from upheld.policy import decisions, force

MOST = 2000
READS = re.compile(r"\s*(SELECT|BEGIN|SAVEPOINT|RELEASE|SET|SHOW|PRAGMA (?!wal_checkpoint))", re.IGNORECASE)
WRITING = os.O_WRONLY | os.O_RDWR
STORED, SAID = 1, 1 << 32  # counted apart: what is said to another process depends on what that one did before
CHANGES = {"os.link", "os.mkdir", "os.remove", "os.rename", "os.truncate"}


class Failed(Exception):
    """What was to hold did not, or something raised."""


class Deeds:
    """How many lasting things a process has done, told to the one that forked it, even when it is killed."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 8)

    def clear(self) -> None:
        self._shared[:] = bytes(8)

    def add(self, deed: int = STORED) -> None:
        self._shared[:] = (self.count + deed).to_bytes(8, "big")

    @property
    def count(self) -> int:
        return int.from_bytes(self._shared[:], "big")


class Countdown:
    """Kills this process before a step, counted from 1."""

    def __init__(self, step: int, deeds: Deeds) -> None:
        self.left = step
        self.deeds = deeds

    def tick(self, *, lasts: bool) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if lasts:
            self.deeds.add()

    def watch(self) -> None:
        for connection in connections.all():
            connection.execute_wrappers.append(self._before_statement)
            connection._commit = self._counted(connection._commit)
        sys.addaudithook(self._before_change)
        for name in ("send", "sendall", "sendmsg", "sendto"):
            setattr(socket.socket, name, self._told(getattr(socket.socket, name)))

    def _before_statement(self, execute: Callable[..., Any], sql: str, many: Any, bound: Any, context: Any) -> Any:
        if not READS.match(sql):
            self.tick(lasts=context["connection"].get_autocommit())
        return execute(sql, many, bound, context)

    def _counted(self, commit: Callable[[], None]) -> Callable[[], None]:
        def counted() -> None:
            self.tick(lasts=True)
            commit()

        return counted

    def _before_change(self, event: str, arguments: tuple[Any, ...]) -> None:
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
        if (opened or event in CHANGES) and _in_home(arguments[0]):
            self.tick(lasts=True)
        elif event == "subprocess.Popen":
            self.deeds.add(SAID)

    def _told(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def told(*arguments: Any) -> Any:
            self.deeds.add(SAID)
            return send(*arguments)

        return told


def _in_home(path: object) -> bool:
    return isinstance(path, str | os.PathLike) and os.fspath(path).startswith(os.environ["UPHELD_HOME"])


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class Copies:
    """The instance as it was: its folder, and its databases on the server if they are there."""

    def __init__(self) -> None:
        self.home = Path(os.environ["UPHELD_HOME"])
        urls = [os.environ[name] for name in ("DATABASE_URL", "KEYS_URL")]
        self.names = [urlsplit(url).path[1:] for url in urls if url]

    def create(self) -> None:
        self._run("CREATE DATABASE {0}")

    def keep(self, label: str) -> None:
        kept = self._kept(label)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.home, kept)
        self._run(f"DROP DATABASE IF EXISTS {{0}}_{label}", f"CREATE DATABASE {{0}}_{label} TEMPLATE {{0}}")

    def restore(self, label: str) -> None:
        """A file that is as it was stays in place: what this process remembers of it stays true."""
        kept = self._kept(label)
        for path in _files(self.home):
            was = kept / path.relative_to(self.home)
            if not was.exists() or not filecmp.cmp(was, path, shallow=False):
                path.unlink()
        for was in _files(kept):
            path = self.home / was.relative_to(kept)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(was, path)
        self._run("DROP DATABASE {0} WITH (FORCE)", f"CREATE DATABASE {{0}} TEMPLATE {{0}}_{label}")

    def _kept(self, label: str) -> Path:
        return self.home.with_name(f"{self.home.name}-{label}")

    def _run(self, *statements: str) -> None:
        if self.names:
            instance.server().run(*(each.format(name) for name in self.names for each in statements))


def main() -> None:
    """Answer until nobody asks any more."""
    asked, answers = sys.stdin, os.fdopen(os.dup(1), "w")
    django.setup()
    guards = list(decisions._guards)
    copies = Copies()
    copies.create()
    os.dup2(2, 1)
    survives(migrate, "The migration")
    copies.keep("made")
    for line in asked:
        plan, environment, is_guarded = json.loads(line)
        os.environ.update(environment)
        decisions._guards[:] = guards if is_guarded else []  # as in the test that asks
        print(json.dumps(answer(plan, copies)), file=answers, flush=True)


def answer(plan: list[tuple[str, str]], copies: Copies) -> int | str:
    """How many steps the verb has, or what went wrong and what was said before."""
    with tempfile.TemporaryFile("w+") as said:
        for stream in (1, 2):
            os.dup2(said.fileno(), stream)
        try:
            before, verb, check = (load(*place) for place in plan)
            copies.restore("made")
            survives(before, "The preparation")
            copies.keep("kept")
            return each_step(verb, check, copies)
        except Exception as error:
            said.seek(0)
            return f"{said.read()}{error!r}"


def migrate() -> None:
    for alias in connections:
        call_command("migrate", database=alias, verbosity=0, interactive=False)


def each_step(verb: Step, check: Step, copies: Copies) -> int:
    force.in_force()  # read once: the processes to come find it read
    deeds, before, left = Deeds(), -1, Counter[str]()
    for step in range(1, MOST):
        copies.restore("kept")
        deeds.clear()
        ran_through = survives(lambda number=step: mortal(verb, number, deeds), f"The verb, on its way to step {step},")
        was, left = left, what_is_left()
        if deeds.count == before and not ran_through:
            if left != was:
                raise Failed(f"The death before step {step} left {left - was} too many, {was - left} too few.")
            continue
        before = deeds.count
        if not survives(check, f"The check after a death before step {step}"):
            raise Failed(f"The check after a death before step {step} was killed.")
        if ran_through:
            return step - 1
    raise Failed(f"The verb has more than {MOST} steps.")


def what_is_left() -> Counter[str]:
    """How many rows each table has, and how many files each folder: their names, like ids, are new each time. Files
    to lock aside, which two people may share."""
    left: Counter[str] = Counter()
    for connection in connections.all():
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
            counts = (f"SELECT '{table}', count(*) FROM {table}" for table in tables)  # noqa: S608 - our own names
            cursor.execute(" UNION ALL ".join(counts))
            left.update({f"{connection.alias} {table}": rows for table, rows in cursor.fetchall()})
        connection.close()
    files = (path for path in _files(Path(os.environ["UPHELD_HOME"])) if ".sqlite3" not in path.name)
    left.update(str(path.parent) for path in files if path.parent.name != "locks")
    return left


def mortal(verb: Step, step: int, deeds: Deeds) -> None:
    Countdown(step, deeds).watch()
    verb()


def survives(task: Callable[[], None], what: str) -> bool:
    """Run it in a fork of this process: True when it ran through, False when it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            task()
            os.write(writing, json.dumps(list(sys.modules)).encode())
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with open(reading) as modules:
        said = modules.read()
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return False
    if os.WEXITSTATUS(status):
        raise Failed(f"{what} failed.")
    bring_in(json.loads(said))
    return True


def bring_in(modules: list[str]) -> None:
    """Import what a fork imported, so that the next ones find it there."""
    for name in modules:
        if name not in sys.modules:
            with suppress(ImportError):
                importlib.import_module(name)
    gc.freeze()


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
    main()
