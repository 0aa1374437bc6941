"""An instance that is served for real: made with `upheld init`, run with `upheld serve`, reached over https."""

import email
import email.policy
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

from tests import instance
from tests.people import code_in
from tests.ready import program
from upheld.home import Home

UPHELD = Path(sys.executable).with_name("upheld")
PATIENCE = 180  # seconds until it must answer, or a letter must be there


def free_port() -> int:
    """A port that nothing uses, below those that systems lend to outgoing connections: those are taken any moment."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # not `random`, whose seed is the same in every test process
        with suppress(OSError), socket.socket() as listener:
            listener.bind(("127.0.0.1", port))
            return port


class Site:
    """One instance and its server. Its databases are of the kind that the run was started for."""

    def __init__(self) -> None:
        name = f"site{secrets.token_hex(4)}"
        self.home = Home(Path(os.environ[instance.RUN]) / name)
        self.port = free_port()
        self.url = f"https://localhost:{self.port}"
        self.said = self.home.folder.with_suffix(".log")
        self.databases = [f"{name}_data", f"{name}_keys"] if os.environ[instance.CHOICE] == "postgresql" else []
        self.environment = os.environ | instance.databases(name)
        self.environment |= {"UPHELD_HOME": str(self.home.folder), "UPHELD_PORT": str(self.port)}
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        for name in self.databases:
            instance.server().run(f"CREATE DATABASE {name}")
        self.run("init")

    def run(self, *arguments: str, given: str = "") -> str:
        """Run one command on the instance, with this on its standard input; its output. Raises CalledProcessError."""
        command, piped = [program(), *arguments], subprocess.PIPE
        return subprocess.run(command, env=self.environment, input=given, stdout=piped, text=True, check=True).stdout

    def sit_down(self) -> None:
        """Somebody with every job works at this terminal."""
        code = (
            "from upheld.cli.instance import open_instance\nopen_instance()\nfrom tests import seats\nseats.sit_down()"
        )
        subprocess.run([program(), "-c", code], env=self.environment, check=True)

    def start(self) -> None:
        """Serve, and return once it answers."""
        with self.said.open("ab") as said:
            self._process = subprocess.Popen([UPHELD, "serve"], env=self.environment, stdout=said, stderr=said)
        self._wait(lambda: "serving https://" in self.said.read_text())

    def stop(self) -> int:
        """One Ctrl-C; the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(120)

    def remove(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.stop()
        for name in self.databases:
            instance.server().run(f"DROP DATABASE {name} WITH (FORCE)")

    def server_folders(self) -> list[Path]:
        """Where PostgreSQL keeps what is ours, if it does."""
        return instance.server().folders(*self.databases) if self.databases else []

    def letters_to(self, address: str) -> list[EmailMessage]:
        found = []
        for file in sorted(self.home.letters.glob("*.eml")):
            with suppress(FileNotFoundError):  # burnt meanwhile, with a made-up person
                found.append(email.message_from_bytes(file.read_bytes(), policy=email.policy.default))
        return [letter for letter in found if letter["To"] == address]

    def code_for(self, address: str, *, after: int = 0) -> str:
        """The code in the newest letter to this address, once there are more than `after` of them."""
        self._wait(lambda: len(self.letters_to(address)) > after)
        return code_in(self.letters_to(address)[-1])

    def letter_saying(self, address: str, pattern: str) -> re.Match[str]:
        """Where the newest letter to this address that matches does so, once there is one."""
        found: list[re.Match[str]] = []

        def look() -> bool:
            bodies = [letter.get_body(("plain",)) for letter in self.letters_to(address)]
            found[:] = [said for body in bodies if body for said in re.finditer(pattern, body.get_content())]
            return bool(found)

        self._wait(look)
        return found[-1]

    def _wait(self, until: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not until():
            if self._process is not None and self._process.poll() is not None:
                raise AssertionError(f"The server ended: {self.said.read_text()}")
            if time.monotonic() > end:
                raise AssertionError(f"Nothing happened for {PATIENCE} seconds: {self.said.read_text()}")
            time.sleep(0.05)
