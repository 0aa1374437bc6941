"""Which rows were met already: more of them than memory should hold."""

import sqlite3
from collections.abc import Iterable
from uuid import UUID

from upheld.payments.models import Payment


class Seen:
    """Ids in a database of SQLite's own without a name: in memory while small, then in a file that nobody can open."""

    def __enter__(self) -> "Seen":
        self._ids = sqlite3.connect("", isolation_level=None)
        self._ids.execute("CREATE TABLE seen (id BLOB PRIMARY KEY) WITHOUT ROWID")
        return self

    def __exit__(self, *_: object) -> None:
        self._ids.close()

    def add(self, ids: Iterable[UUID]) -> None:
        self._ids.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((id.bytes,) for id in ids))

    def unseen(self, payments: list[Payment]) -> list[Payment]:
        """Those of these that were never added, in their order."""
        sql = "SELECT 1 FROM seen WHERE id = ?"
        return [each for each in payments if self._ids.execute(sql, (each.pk.bytes,)).fetchone() is None]
