"""One erasure of a person at a time, and no key destroyed under who is using it. The only SQL in this room that one
database alone understands.

SQLite's transactions are IMMEDIATE (settings): the transaction itself is the lock.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from upheld.vault.errors import Erased
from upheld.vault.keys.models import Erasure

SPACE = 0x6B79  # ours among the advisory locks of two numbers
HOLDS = 0x6864  # likewise
LOCKS = 1024  # one for many people: many may be added at once, and a server's room for locks is bounded


def alone_with(subject: UUID) -> None:
    """Wait for whoever else erases this person; held until the transaction on the data ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(subject.bytes[8:], "big", signed=True)])


def hold_still(*subjects: UUID) -> None:
    """In a transaction: these people stay until it ends. An erasure waits for it, or is seen by it. Raises Erased."""
    for subject in sorted(subjects):
        alone_with(subject)
        if Erasure.objects.filter(subject=subject).exists():
            raise Erased(subject)


def add_to(subjects: Iterable[UUID]) -> None:
    """Until the transaction ends nobody destroys a key of theirs as spent. Before the key is looked up; many may add at
    the same time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock_shared(%s, number) FROM unnest(%s::int[]) AS number",
                [SPACE, sorted({_number(subject) for subject in subjects})],
            )


def is_left_alone(subject: UUID) -> bool:
    """Whether nobody adds to what is held of them; then whoever begins to waits until the transaction ends. Waits for
    nobody, and must be the last lock that its transaction takes: so nobody waits in a circle."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [SPACE, _number(subject)])
        return bool(cursor.fetchone()[0])


def let_nothing_go(subject: UUID) -> None:
    """Until the transaction ends nobody lets go of anything of theirs; waits for whoever does. After `alone_with`."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [HOLDS, _number(subject)])


def may_let_go(subject: UUID) -> bool:
    """Whether nobody is saying that nothing may go; then whoever begins to waits until the transaction ends. Waits for
    nobody itself, whatever its transaction has locked."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s, %s)", [HOLDS, _number(subject)])
        return bool(cursor.fetchone()[0])


def _number(subject: UUID) -> int:
    return int.from_bytes(subject.bytes[14:], "big") % LOCKS
