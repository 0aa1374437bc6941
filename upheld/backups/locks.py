"""Who may work on an instance: any number of commands and servers, or one restore alone; and one backup at a time.

A lock is the system's (flock) on a file in the instance's folder, and ends with its process, however that ended.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from upheld.backups.errors import AlreadyBackingUp, BackupError, InUse, Restoring
from upheld.home import Home

_held: dict[Path, int] = {}


def share(home: Home) -> None:
    """Until this process ends, no restore begins. Raises Restoring while one is at work, or was not finished."""
    if home.folder not in _held:
        _held[home.folder] = _locked(_file(home, "lock"), fcntl.LOCK_SH, Restoring)
    if home.restoring.exists():
        raise Restoring


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Nobody else works on the instance, on this machine. Raises InUse."""
    handle = _locked(_file(home, "lock"), fcntl.LOCK_EX, InUse)
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def backing_up(home: Home) -> Iterator[None]:
    """Raises AlreadyBackingUp."""
    handle = _locked(_file(home, "lock.backup"), fcntl.LOCK_EX, AlreadyBackingUp)
    try:
        yield
    finally:
        os.close(handle)


def _file(home: Home, name: str) -> Path:
    return home.folder / name


def _locked(path: Path, how: int, refusal: type[BackupError]) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise refusal from None
    return handle
