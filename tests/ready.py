"""`upheld` as a command that starts at once: a process that has imported what takes long to import becomes it.

A command is a process of its own, with its own folder, environment and outputs, as it is for whoever types it; what is
spared is a second or two of imports for each of the hundreds that the tests run. What reads the settings is imported
after the fork, since they are an instance's own. `upheld -c CODE` runs Python there. `tests/cli/test_ready.py` compares
it with the real one.
"""

import importlib
import json
import os
import pkgutil
import signal
import socket
import struct
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from tests.instance import PROJECT, RUN

PROGRAM = """#!{python} -SE
import json, os, socket, struct, sys
line = socket.socket(socket.AF_UNIX)
line.connect({path!r})
asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(line, [struct.pack("!I", len(asked))], [0, 1, 2])
line.sendall(asked)
said = line.recv(4)
sys.exit(struct.unpack("!i", said)[0] if said else "upheld: it died without a word")
"""


_started: list["subprocess.Popen[bytes]"] = []


def program() -> Path:
    """An executable that is `upheld`, in a folder of its own for a PATH; its process is started on first use."""
    folder = Path(os.environ[RUN]) / f"ready-{os.getpid()}"
    found = folder / "upheld"
    if not _started:
        folder.mkdir()
        path = str(folder / "socket")
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.ready", path],
            cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        )  # fmt: skip
        _started.append(process)
        assert process.stdout
        assert process.stdout.read(5) == b"ready"
        process.stdout.close()
        found.write_text(PROGRAM.format(python=sys.executable, path=path))
        found.chmod(0o755)
    return found


def main(path: str) -> None:
    """Listen until whoever started this has ended."""
    parent = os.getppid()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    listener.settimeout(2)
    import_ahead()
    os.write(1, b"ready")
    os.dup2(0, 1)  # nothing of ours is said there again, and the number stays taken
    while os.getppid() == parent:
        with suppress(TimeoutError):
            line, _ = listener.accept()
            line.settimeout(None)
            if os.fork() == 0:
                listener.close()
                become(line)
            line.close()


def import_ahead() -> None:
    """Everything that needs no settings: the libraries that our modules name, and those of ours that are pure."""
    from django.core.exceptions import AppRegistryNotReady, ImproperlyConfigured

    import upheld

    for module in pkgutil.walk_packages(upheld.__path__, "upheld.", onerror=lambda name: None):
        if not module.name.startswith(("upheld.cli", "upheld.settings", "upheld.web.wsgi")):
            with suppress(AppRegistryNotReady, ImproperlyConfigured):
                importlib.import_module(module.name)


def become(line: socket.socket) -> NoReturn:
    """The command that was asked for, with its own folder, environment and outputs."""
    code = 1
    try:
        head, outputs, _, _ = socket.recv_fds(line, 4, 3)
        asked = b""
        while len(asked) < struct.unpack("!I", head)[0]:
            asked += line.recv(1 << 16)
        arguments, folder, environment = json.loads(asked)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        for number, handle in enumerate(outputs):
            os.dup2(handle, number)
            os.close(handle)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115 - the process's own
        sys.argv = ["upheld", *arguments]
        code = run_code(arguments[1]) if arguments[:1] == ["-c"] else run()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        line.sendall(struct.pack("!i", code))
        os._exit(code)


def run() -> int:
    """The command's exit code."""
    from upheld.cli import main as upheld

    try:
        upheld()
    except SystemExit as ending:
        if isinstance(ending.code, str):
            print(ending.code, file=sys.stderr)  # noqa: T201 - as Python itself does
        return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def run_code(code: str) -> int:
    """What `python -c` does."""
    try:
        exec(code, {"__name__": "__main__"})  # noqa: S102 - a test's own program
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main(sys.argv[1])
