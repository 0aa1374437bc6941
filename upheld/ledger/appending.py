"""Entries come in, in the transaction of the act that they record: no act without an entry, no entry without one."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from upheld.ledger.entries import SALT, Draft, Fact, body
from upheld.ledger.errors import NotInTransaction
from upheld.ledger.models import Entry
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

NOTHING: Mapping[str, Fact] = {}


def append(act: Act, *, by: Actor, subject: UUID | None = None, facts: Mapping[str, Fact] = NOTHING) -> Entry:
    """Record one act. Raises NotInTransaction, or BadFact for anything that might be free text."""
    return append_many([Draft(act, by, subject, facts)])[0]


def append_many(drafts: Sequence[Draft]) -> list[Entry]:
    """Record several acts with one insert, in their order."""
    if not connection.in_atomic_block:
        raise NotInTransaction
    now = datetime.now(UTC)
    entries = [_entry(draft, now) for draft in drafts]
    if len(entries) == 1:
        entries[0].save(force_insert=True)
    else:
        Entry.objects.bulk_create(entries, batch_size=500)
    return entries


def _entry(draft: Draft, at: datetime) -> Entry:
    id: UUID = uuid7()
    return Entry(
        id=id, act=draft.act.value, subject=draft.subject, body=body(draft, id=id, at=at), salt=os.urandom(SALT)
    )
