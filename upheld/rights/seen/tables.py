"""Looks for known values in every table, whichever the database."""

import os
from collections.abc import Iterator
from uuid import UUID

from django.db import connections

from upheld.rights.checks.search import Needle


def tables_showing(needle: Needle, subject: UUID) -> Iterator[str]:
    """Those whose rows about the subject do. On a database server the files are not ours to read: the rows are."""
    for alias in connections:
        connection = connections[alias]
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
            for table in tables:
                columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
                if "subject" not in columns:
                    continue
                name = connection.ops.quote_name(table)
                value = subject if connection.vendor == "postgresql" else subject.hex
                # The names are the database's own; the value is bound.
                cursor.execute(f"SELECT * FROM {name} WHERE subject = %s", [value])  # noqa: S608
                if any(needle.shows_in(_bytes(cell)) for row in cursor.fetchall() for cell in row):
                    yield f"table {table}"


def _bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, bytes | memoryview) else os.fsencode(str(cell))
