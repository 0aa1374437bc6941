"""Rows of reports that come at the same time are written by one statement: a disk confirms them all at once.

Each report is still on disk before its sender hears that it was taken.
"""

from dataclasses import dataclass, field
from threading import Lock

from django.db import connection

from upheld.builds.models import Report

Row = tuple[int, str, bytes]
"""Build, product, months."""


@dataclass(eq=False)
class _Written:
    row: Row
    done: bool = False
    failed: bool = False


@dataclass
class Together:
    """Whoever comes while others write waits for them, then writes for all who came meanwhile."""

    _coming: list[_Written] = field(default_factory=list)
    _door: Lock = field(default_factory=Lock)
    _desk: Lock = field(default_factory=Lock)

    def write(self, row: Row) -> None:
        """Returns when the row is written. Raises what the database raises."""
        mine = _Written(row)
        with self._door:
            self._coming.append(mine)
        with self._desk:
            if not mine.done:
                self._write_all()
        if mine.failed:
            insert([row])  # with the others it failed, for a reason that may be another's

    def _write_all(self) -> None:
        with self._door:
            coming, self._coming = self._coming, []
        try:
            insert([each.row for each in coming])
        except Exception:
            for each in coming:
                each.failed = True
        finally:
            for each in coming:
                each.done = True


def insert(rows: list[Row]) -> None:
    """All of them or none, in one statement, which is a transaction of its own. As many as threads serve, at most."""
    table = connection.ops.quote_name(Report._meta.db_table)
    places = ", ".join(["(%s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        # The names are the model's own; the values are bound.
        cursor.execute(
            f"INSERT INTO {table} (build, product, months) VALUES {places}",  # noqa: S608 - as said above
            [value for row in rows for value in row],
        )
