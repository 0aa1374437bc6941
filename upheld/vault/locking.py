"""One erasure of a person at a time. The only SQL in this room that one database alone understands."""

from uuid import UUID

from django.db import connection


def alone_with(subject: UUID) -> None:
    """Wait for whoever else erases this person; held until the transaction on the data ends.

    SQLite's transactions are IMMEDIATE (settings): the transaction itself is the lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(subject.bytes[8:], "big", signed=True)])
