"""The data as a stream of bytes: of SQLite a copy that SQLite itself makes, of PostgreSQL what its pg_dump writes."""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connections

from upheld.backups import programs
from upheld.backups.errors import Damaged, InUse
from upheld.home import to_disk

BLOCK = 1 << 20
PATIENCE = 5.0  # seconds in which the server may still be ending the connections of those who left
COPIES = ".copy-"  # what folders are called in which SQLite makes a copy


def engine() -> str:
    return connections["default"].vendor


def copied() -> Iterator[bytes]:
    """The data as they were when this began, while they are written. Its rows are sealed."""
    return programs.dumped("default") if engine() == "postgresql" else _copied(settings.HOME.folder)


def tidy(folder: Path) -> None:
    """Remove what a crash left of copies."""
    for left in folder.glob(f"{COPIES}*"):
        shutil.rmtree(left, ignore_errors=True)


def _copied(folder: Path) -> Iterator[bytes]:
    """VACUUM INTO leaves out free pages, and so what was deleted. The copy has a name only while SQLite writes it."""
    place = Path(tempfile.mkdtemp(prefix=COPIES, dir=folder))
    try:
        copy = place / "data.sqlite3"
        with closing(sqlite3.connect(connections["default"].settings_dict["NAME"], timeout=60)) as connection:
            connection.execute("VACUUM INTO ?", [str(copy)])
        file = copy.open("rb")
    finally:
        shutil.rmtree(place)
    with file:
        while part := file.read(BLOCK):
            yield part


def check_file(file: Path, backup: Path) -> None:
    """Raises Damaged for a file that SQLite finds fault with."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise Damaged(backup, said)


def check_unused() -> None:
    """Raises InUse while another process has the data open."""
    connection = connections["default"]
    if engine() == "postgresql":
        until = time.monotonic() + PATIENCE
        while programs.others("default") or programs.others("keys"):
            if time.monotonic() > until:
                raise InUse
            time.sleep(0.1)
        return
    connection.close()
    file = Path(connection.settings_dict["NAME"])
    if not file.exists():
        return
    try:
        # Leaving the write-ahead log needs the file for oneself, and brings all of it into the file.
        with closing(sqlite3.connect(file, timeout=1)) as own:
            own.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError:
        raise InUse from None
    except sqlite3.DatabaseError:
        return  # no database any more: nobody can use it


def replace_file(fresh: Path, *, aside: Path) -> None:
    """Put a checked file in the data's place. The one before stays aside, the first one that was there."""
    file = Path(connections["default"].settings_dict["NAME"])
    connections["default"].close()
    if file.exists() and not aside.exists():
        os.link(file, aside)
    for log in (file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        log.unlink(missing_ok=True)
    os.replace(fresh, file)
    to_disk(file.parent)
