"""One thing at a time about whether a person may be written to: a letter that leaves, or a choice that is made.

Held until a letter is out of our hands, so it is no lock of a transaction: SQLite has one writer, and a slow mail
server must not keep everybody waiting. On PostgreSQL it is an advisory lock of the session, elsewhere a lock on a file
of the instance's folder (flock), one for many people. Whoever has it may take it again.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

FILES = 256
SPACE = 0x6C74  # ours among the advisory locks of the database


class _Mine(threading.local):
    """What this thread holds: numbers of people's locks."""

    def __init__(self) -> None:
        self.held: set[int] = set()


_mine = _Mine()


@contextmanager
def alone_with(*subjects: UUID) -> Iterator[None]:
    """Wait for whoever else has one of these people.

    Take it before a transaction begins, never inside one, unless this thread has it already: all of them at once then,
    in one order, so that two who want the same people never wait for each other.
    """
    wanted = sorted({_number(subject) for subject in subjects} - _mine.held)
    with ExitStack() as stack:
        for number in wanted:
            stack.enter_context(_holding(number))
        yield


@contextmanager
def _holding(number: int) -> Iterator[None]:
    with _advisory(number) if connection.vendor == "postgresql" else _file(number):
        _mine.held.add(number)
        try:
            yield
        finally:
            _mine.held.remove(number)


def _number(subject: UUID) -> int:
    if connection.vendor == "postgresql":
        return int.from_bytes(subject.bytes[12:], "big", signed=True)
    return subject.bytes[15] % FILES


@contextmanager
def _advisory(key: int) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [SPACE, key])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [SPACE, key])


@contextmanager
def _file(number: int) -> Iterator[None]:
    folder: Path = settings.HOME.folder / "locks"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / f"{number:02x}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # let go of with the file, and with the process
        yield
