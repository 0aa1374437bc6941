"""What can be seen of the host: libraries, clock, ports. Ports are seen on Linux only."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from django.conf import settings

from upheld import ledger

NEED = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?.*?>=\s*([0-9.]+)")
SLACK = timedelta(minutes=2)
LISTEN = "0A"


def outdated() -> Iterator[str]:
    """Libraries older than those that this release was made with."""
    for line in requires("upheld") or ():
        need = NEED.match(line)
        if need and "extra ==" not in line:
            name, least = need.groups()
            try:
                found = version(name)
            except PackageNotFoundError:
                yield f"{name} is missing"
                continue
            if _numbers(found) < _numbers(least):
                yield f"{name} is {found}, and should be {least} at least"


def clock() -> Iterator[str]:
    newest = ledger.Entry.objects.order_by("-id").first()
    if newest is not None and newest.at > datetime.now(UTC) + SLACK:
        yield "the clock is behind the newest entry of the ledger"


def ports() -> Iterator[str]:
    """Those on which a process of this instance listens and that neither its settings nor its command line name."""
    home = settings.HOME
    sockets = _listening()
    for process in Path("/proc").glob("[0-9]*"):
        words = _words(process)
        if words and _folder(process) == home.folder:
            named = {int(word) for word in words if word.isdecimal()}
            allowed = {home.number("port"), home.redirect_port, *named, *(80 if n == 443 else n + 1 for n in named)}
            used = {sockets[inode] for inode in _sockets(process) if inode in sockets}
            yield from (f"process {process.name} listens on port {port}" for port in sorted(used - allowed))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


def _listening() -> dict[str, int]:
    """Ports by the inode of their socket, from the kernel's tables (proc(5))."""
    found = {}
    for table in ("tcp", "tcp6"):
        path = Path("/proc/net") / table
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            _, local, _, state, *rest = line.split()
            if state == LISTEN:
                found[rest[5]] = int(local.rpartition(":")[2], 16)
    return found


def _words(process: Path) -> list[str]:
    """The command line of a process of ours and the port in its environment; nothing for any other process."""
    try:
        words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        port = _environment(process).get("UPHELD_PORT", "")
    except OSError:  # ended meanwhile, or someone else's
        return []
    return [*words, port] if any("upheld" in word for word in words) else []


def _folder(process: Path) -> Path | None:
    try:
        return Path(os.readlink(process / "cwd")) / _environment(process).get("UPHELD_HOME", "var")
    except OSError:
        return None


def _environment(process: Path) -> dict[str, str]:
    pairs = (process / "environ").read_bytes().decode(errors="replace").split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def _sockets(process: Path) -> Iterator[str]:
    try:
        for link in (process / "fd").iterdir():
            target = os.readlink(link)
            if target.startswith("socket:["):
                yield target[8:-1]
    except OSError:
        return
