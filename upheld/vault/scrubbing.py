"""What was deleted leaves the files too: free pages, the write-ahead log, dead rows.

SQLite overwrites deleted content (`PRAGMA secure_delete`, set for every connection) but old pages stay in its
write-ahead log until a checkpoint truncates it. PostgreSQL keeps dead rows until a vacuum, and its own log
until it is recycled; `docs/trust.md` says what that means.
"""

import logging
from collections.abc import Iterable

from django.db import connections, transaction
from django.db.utils import OperationalError

log = logging.getLogger(__name__)


def scrub_after_commit() -> None:
    transaction.on_commit(lambda: scrub(["default"]))


def scrub(aliases: Iterable[str]) -> bool:
    """Overwrite what these databases have deleted. False when a reader is in the way: call again later."""
    done = [_scrub(alias) for alias in aliases]
    return all(done)


def _scrub(alias: str) -> bool:
    connection = connections[alias]
    if connection.in_atomic_block or connection.vendor != "sqlite":
        return connection.vendor != "sqlite"
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_ = cursor.fetchone()
    except OperationalError:
        busy = 1
    return not busy
