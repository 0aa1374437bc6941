"""Entries come in, in the transaction of the act that they record: no act without an entry, no entry without one."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection, transaction
from uuid_utils.compat import uuid7

from upheld.ledger.entries import SALT, Draft, Fact, body
from upheld.ledger.errors import NotInTransaction
from upheld.ledger.models import Entry
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

PLACE = "index"  # the one column that is not written here: the sequencer's
NOTHING: Mapping[str, Fact] = {}


def append(act: Act, *, by: Actor, subject: UUID | None = None, facts: Mapping[str, Fact] = NOTHING) -> Entry:
    """Record one act. Raises NotInTransaction, or BadFact for anything that might be free text."""
    return append_many([Draft(act, by, subject, facts)])[0]


def append_many(drafts: Sequence[Draft]) -> list[Entry]:
    """Record several acts with one insert, in their order."""
    if not connection.in_atomic_block:
        raise NotInTransaction
    # Whoever catches the error cannot commit the act without its entry: the transaction is lost.
    with transaction.mark_for_rollback_on_error():
        now = datetime.now(UTC)
        entries = [_entry(draft, now) for draft in drafts]
        _insert(entries)
    return entries


def _insert(entries: Sequence[Entry]) -> None:
    """One prepared statement for them all: every request appends, and Django's own insert costs much more."""
    fields = [field for field in Entry._meta.concrete_fields if field.attname != PLACE]
    rows = [[f.get_db_prep_save(getattr(e, f.attname), connection) for f in fields] for e in entries]
    quote = connection.ops.quote_name
    columns, places = ", ".join(quote(f.attname) for f in fields), ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        # The names are the model's own; the values are bound.
        cursor.executemany(f"INSERT INTO {quote(Entry._meta.db_table)} ({columns}) VALUES ({places})", rows)  # noqa: S608
    for entry in entries:
        entry._state.adding = False


def _entry(draft: Draft, at: datetime) -> Entry:
    id: UUID = uuid7()
    return Entry(
        id=id, act=draft.act.value, subject=draft.subject, body=body(draft, id=id, at=at), salt=os.urandom(SALT)
    )
