"""Our side's way to the program: its socket, its key, and starting it when nobody else has."""

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

from upheld.home import Home
from upheld.payments.errors import Unreachable

START_SECONDS = 30.0
LONGEST = 100  # bytes that a socket's name may have everywhere

_lock = threading.Lock()
_started: dict[str, "subprocess.Popen[bytes]"] = {}  # by folder; kept, since they end with this process


class Folder:
    """The program's folder, held open: a socket in it can be reached however long its name is."""

    def __init__(self, home: Home) -> None:
        self.home = home
        home.sandbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket = str(home.sandbox / "socket")
        if len(os.fsencode(self.socket)) > LONGEST:
            self._held = os.open(home.sandbox, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            self.socket = f"/proc/self/fd/{self._held}/socket"

    def secret(self, name: str) -> str:
        """`key` or `webhook`, which the program made at its first start."""
        return (self.home.sandbox / name).read_text()

    @property
    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as trial:
            try:
                trial.connect(self.socket)
            except OSError:
                return False
        return True

    def ensure(self) -> None:
        """Return once the program answers, started by us or by anybody. Raises Unreachable."""
        with _lock:
            end = time.monotonic() + START_SECONDS
            while not self.answers:
                start(self.home)  # again and again: the one that we had may be dying just now
                if time.monotonic() > end:
                    raise Unreachable
                time.sleep(0.02)


def start(home: Home) -> None:
    """A program of our own, unless we have one. It ends with this process."""
    folder = str(home.folder)
    mine = _started.get(folder)
    if mine is not None and mine.poll() is None:
        return
    if not _started:
        atexit.register(stop, os.getpid())
    _started[folder] = subprocess.Popen(  # noqa: S603 - our own program, and a number
        [sys.executable, "-m", "upheld.payments.sandbox", f"--parent={os.getpid()}"],
        env=os.environ | {"UPHELD_HOME": folder},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def stop(owner: int) -> None:
    """At the end of the process that started them, not of one forked from it."""
    if os.getpid() != owner:
        return
    for program in _started.values():
        program.terminate()
    for program in _started.values():
        with suppress(subprocess.TimeoutExpired):
            program.wait(5)
    _started.clear()
