"""What a build holds on its user's disk: one small JSON file, which several processes of the product may change.

A change reads, adds and writes under a lock that the system takes back from a process that dies, and the file is
replaced whole: whoever is killed at any moment leaves the old one or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from .days import Days
from .levels import LEVELS

VERSION = 1
RETRY = 0.005  # seconds between two tries of a lock


@dataclass
class State:
    number: str = ""
    product: str = ""
    site: str = ""
    level: str = ""  # what the user chose; empty: nothing
    told: bool = False  # whether the line of the first run was shown
    stopped: bool = False  # whether the site said that it takes no more from this number
    erased: str = ""  # the day of the last deletion: up to it nothing is counted again
    forget: bool = False  # whether the site has still to be told of it
    sent_on: str = ""  # the day of the last report
    sends: int = 0  # reports on that day
    retry_at: int = 0  # seconds since 1970: not before, after a failure; never sent
    failures: int = 0
    days: Days = field(default_factory=dict)
    local: Days = field(default_factory=dict)  # counted for the user alone
    sent: dict[str, int] = field(default_factory=dict)  # of each day, what was reported of it, added up


def folder() -> Path:
    """Where the system wants such files."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state")
    return base / "upheld-beacon"


def place(number: str) -> Path:
    """The file of a number, whose name does not tell it."""
    return folder() / f"{hashlib.sha256(number.encode()).hexdigest()[:16]}.json"


class Damaged(OSError):
    """The state cannot be read, and with it what the user chose: nothing is counted until they choose again."""


class Store:
    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, patience: float = 1.0) -> State:
        """As it is; a new one when there is none. Raises OSError (Damaged, TimeoutError)."""
        if not self.path.exists():
            return State()
        with self._locked(patience):
            return self._read()

    def change(self, how: Callable[[State], None], patience: float = 1.0, *, anew: bool = False) -> State:
        """Let `how` change it, and write it when it is another then. `anew` begins again when it is damaged.

        Raises OSError (Damaged; TimeoutError when others held it for `patience` seconds).
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked(patience):
            try:
                state = self._read()
            except Damaged:
                if not anew:
                    raise
                state = State()
            before = asdict(state)
            how(state)
            if asdict(state) != before:
                self._write(state)
            return state

    def _read(self) -> State:
        try:
            found = json.loads(self.path.read_bytes())
            if found.pop("v") != VERSION:
                raise Damaged("The state was written by another version of the beacon.")
            state = State(**found)
            _check(state)
        except FileNotFoundError:
            return State()
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as damage:
            raise Damaged("The state of the beacon cannot be read.") from damage
        return state

    def _write(self, state: State) -> None:
        """The lock's holder alone writes, so that one name for the new file is enough, also after a crash."""
        new = self.path.with_suffix(".new")
        text = json.dumps({"v": VERSION, **asdict(state)}, separators=(",", ":"))
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self.path)

    @contextmanager
    def _locked(self, patience: float) -> Iterator[None]:
        descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            until = time.monotonic() + patience
            while not _lock(descriptor):
                if time.monotonic() >= until:
                    raise TimeoutError("Another process holds the state of the beacon.")
                time.sleep(RETRY)
            try:
                yield
            finally:
                _unlock(descriptor)
        finally:
            os.close(descriptor)


def _check(state: State) -> None:
    """Raises ValueError or TypeError for what `State` does not promise."""
    if state.level not in ("", *LEVELS):
        raise ValueError(state.level)
    counts = [state.retry_at, state.failures, state.sends, *state.sent.values()]
    for held in (state.days, state.local):
        for day, places in held.items():
            date.fromisoformat(day)
            counts += [times for each in places.values() for times in each.values()]
    if not all(type(each) is int for each in counts):
        raise TypeError


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
