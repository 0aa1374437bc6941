"""The `upheld` command as its user meets it: a process of its own, in a folder of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests import instance
from tests.ready import program
from tests.served import free_port
from upheld.home import Home

UPHELD = str(Path(sys.executable).with_name("upheld"))
STOP_SECONDS = 120


@dataclass(frozen=True)
class Command:
    """Runs `upheld` on the instance in `home`."""

    home: Home
    environment: dict[str, str]

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [program(), *arguments], cwd=self.home.folder.parent, env=self.environment, capture_output=True, text=True
        )

    def ok(self, *arguments: str) -> str:
        """What it printed; it must succeed, and complain of nothing."""
        done = self(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def refused(self, *arguments: str) -> str:
        """The one sentence with which it refused."""
        done = self(*arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("upheld: ")
        assert done.stderr.count("\n") == 1
        return done.stderr.removeprefix("upheld: ")

    def within(self, code: str) -> str:
        """Run Python with this instance's Django set up."""
        code = f"from upheld.cli.instance import open_instance\nopen_instance()\n{code}"
        run = [program(), "-c", code]
        return subprocess.run(run, env=self.environment, capture_output=True, text=True, check=True).stdout

    def sit_down(self, *jobs: str) -> str:
        """Somebody with these jobs, or with all, works at this terminal: their pseudonym."""
        return self.within(f"from tests import seats; print(seats.sit_down{jobs!r})").strip()

    @contextmanager
    def serving(self, *arguments: str) -> "Iterator[Served]":
        with subprocess.Popen(
            [UPHELD, "serve", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            served = Served(process, self.home)
            try:
                yield served
            finally:
                served.stop()


class Served:
    """A server that has said that it answers."""

    def __init__(self, process: "subprocess.Popen[str]", home: Home) -> None:
        self.process, self.home = process, home
        self.line = process.stdout.readline().rstrip("\n") if process.stdout else ""
        if not self.line:
            raise AssertionError(f"It did not serve: {self.stop()}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """Ask it to stop, as one Ctrl-C does. Its exit code, and what else it said."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        said, warned = self.process.communicate(timeout=STOP_SECONDS) if self.process.stdout else ("", "")
        self.process.stdout = self.process.stderr = None
        return self.process.returncode, said, warned

    def processes(self) -> dict[int, str]:
        """Every process that works on this instance, with its command line."""
        mine = f"UPHELD_HOME={self.home.folder}\0".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mine in (folder / "environ").read_bytes():
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue  # it has ended, or is not ours
        return found


def eventually(holds: Callable[[], bool], seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return holds()


@contextmanager
def new_command(folder: Path, like: Command | None = None) -> Iterator[Command]:
    """`upheld` on the database that this run is for: a copy of another instance, or one that is not made yet."""
    databases = instance.databases(f"cli_{uuid4().hex[:8]}")
    home = Home(folder / "var")
    if like:
        shutil.copytree(like.home.folder, home.folder, ignore=shutil.ignore_patterns("socket"))
    names = {variable: url.rpartition("/")[2] for variable, url in databases.items() if url}
    for variable, name in names.items():
        template = like.environment[variable].rpartition("/")[2] if like else "template1"
        instance.server().run(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield Command(home, os.environ | databases | {"UPHELD_HOME": str(home.folder)})
    for name in names.values():
        instance.server().run(f"DROP DATABASE {name} WITH (FORCE)")


def with_own_ports(command: Command) -> Command:
    https, http = free_port(), free_port()
    text = command.home.toml.read_text().replace("# port = 8443", f"port = {https}")
    command.home.toml.write_text(text.replace("# http_port = 0", f"http_port = {http}"))
    return command


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """An instance as `upheld init` makes it, of which others are copies: making one takes seconds. Somebody with every
    job works at its terminal."""
    with new_command(tmp_path_factory.mktemp("template")) as command:
        command.ok("init")
        command.sit_down()
        yield command


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    with new_command(tmp_path) as command:
        yield command


@pytest.fixture
def made(template: Command, tmp_path: Path) -> Iterator[Command]:
    with new_command(tmp_path, template) as command:
        yield with_own_ports(command)


@pytest.fixture(scope="module")
def shared(template: Command, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Command, Served]]:
    """A server for tests that leave it as it was."""
    with new_command(tmp_path_factory.mktemp("shared"), template) as command:
        made = with_own_ports(command)
        with made.serving() as served:
            yield made, served
