"""`python -m upheld.payments.sandbox [--parent=PID]`: serve the sandbox of the instance in UPHELD_HOME.

One program at a time serves an instance; a second one waits, and takes over when the first has ended. It ends with
the process that started it.
"""

import fcntl
import os
import secrets
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from upheld import lifeline
from upheld.home import Home, secret_file
from upheld.payments.sandbox import interface, site, steering  # noqa: F401 - they add their routes
from upheld.payments.sandbox.delivering import Delivery
from upheld.payments.sandbox.routing import Program
from upheld.payments.sandbox.storage import Storage

# Beside the storage that it guards. All names are relative to the folder, whose own may be too long for a socket.
LOCK, STORAGE, SOCKET, KEY, SECRET = (
    Path(name) for name in ("sandbox.sqlite3.lock", "sandbox.sqlite3", "socket", "key", "webhook")
)
THREADS = 16  # most of them asleep, behind numbers that time out
STOP_SECONDS = 2


def kept(file: Path, prefix: str) -> str:
    """A secret that is made at the first start."""
    if not file.exists():
        secret_file(file, f"{prefix}_{secrets.token_urlsafe(32)}".encode())
    return file.read_text()


def serve(home: Home) -> None:
    kept(KEY, "key")
    kept(SECRET, "whsec")
    SOCKET.unlink(missing_ok=True)

    main_process = os.getpid()

    def load() -> Callable[..., Any]:
        lifeline.hold(main_process)
        storage = Storage(STORAGE)
        Delivery(storage, home, kept(SECRET, "whsec")).start()
        return Program(storage, key=kept(KEY, "key"), site=home.site)

    server: Any = Server(
        "upheld.payments.sandbox",
        uds=SOCKET,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.bind_uds = SOCKET  # granian made it absolute, and so perhaps longer than the 107 bytes of a socket's name
    server.serve(target_loader=load, wrap_loader=False)


def main() -> None:
    os.umask(0o077)
    home = Home.here()
    home.sandbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chdir(home.sandbox)
    started_by = next((word.removeprefix("--parent=") for word in sys.argv if word.startswith("--parent=")), "")
    lifeline.hold(int(started_by) if started_by else None)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # In the new web process, until granian sets its handlers: its parent's are copied and swallow the signal.
        os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
        serve(home)


if __name__ == "__main__":
    main()
