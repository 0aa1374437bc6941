"""One sequencer at a time. The only SQL here that one database alone understands."""

from django.db import connection

_SEQUENCER = 0x75706865  # the name of a PostgreSQL advisory lock; any number that nothing else here uses


def take_the_pen() -> None:
    """Wait for every other sequencer; held until the transaction ends.

    SQLite's transactions are IMMEDIATE (settings): the transaction itself is the lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEQUENCER])
