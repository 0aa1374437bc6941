"""Erasure: the keys first, so that every copy anywhere is unreadable at once; then the rows.

    1  key store    a record of the erasure, and the subject's keys gone      one transaction
    2  data         rows, index, other rows about the person; the ledger entry one transaction
    3  both         free pages and logs overwritten
    4  key store    the record marked finished

A crash after 1 is resumed by `resume`, from 2, any number of times. A restored copy of the data is put through 2
again for every record. Classes that the policy keeps for a reason (its `retention`) keep their key and their
envelopes; everything else in the same rows goes.
"""

from collections.abc import Collection
from contextlib import suppress
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from upheld import ledger
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import envelope
from upheld.vault.errors import Damaged
from upheld.vault.inventory import people
from upheld.vault.keys.models import DataKey, Erasure
from upheld.vault.keys.router import STORE
from upheld.vault.locking import alone_with
from upheld.vault.models import Lookup
from upheld.vault.rows import Personal
from upheld.vault.scrubbing import scrub


def shred(subject: UUID, *, by: Actor, because: str = "request") -> None:
    """Destroy a subject's keys and rows. Must not run inside a transaction: destroyed keys do not roll back.

    Raises Refused. When it returns, nothing of theirs that is not kept by declaration is readable here or in any
    older copy of the data.
    """
    require(Act.SUBJECT_SHRED, by=by, subject=subject)
    with transaction.atomic(using=STORE):
        Erasure.objects.get_or_create(
            subject=subject,
            defaults={"started_at": timezone.now(), "by": by.kind.value, "because": because},
        )
        _destroy_keys(subject)
    _finish(subject, by=by, because=because)


def resume() -> int:
    """Finish every erasure that a crash interrupted. Returns how many there were."""
    left = list(Erasure.objects.filter(finished_at=None))
    for record in left:
        _finish(record.subject, by=Actor.system("erasure"), because=record.because)
    return len(left)


def is_erased(subject: UUID) -> bool:
    return Erasure.objects.filter(subject=subject).exists()


def kept_classes() -> frozenset[str]:
    """Retention classes that outlive erasure: those for which the policy gives a reason."""
    return frozenset(name for name, kept in force.in_force().retention.items() if kept.outlives_erasure)


def _destroy_keys(subject: UUID) -> None:
    DataKey.objects.filter(subject=subject).exclude(retention__in=kept_classes()).delete()


def _finish(subject: UUID, *, by: Actor, because: str) -> None:
    with transaction.atomic(durable=True):
        alone_with(subject)
        removed = remove_rows(subject)
        if not ledger.Entry.objects.filter(subject=subject, act=Act.SUBJECT_SHRED).exists():
            facts: dict[str, ledger.Fact] = {"because": because, "rows": removed}
            ledger.append(Act.SUBJECT_SHRED, by=by, subject=subject, facts=facts)
    _destroy_keys(subject)  # again: a collection that raced with step 1 may have made one
    if scrub([STORE, "default"]):
        Erasure.objects.filter(subject=subject).update(finished_at=timezone.now())


def remove_rows(subject: UUID) -> int:
    """Delete every row about the subject, in every room, except the envelopes of kept classes."""
    kept, removed = kept_classes(), 0
    for model in people():
        rows = model._base_manager.filter(subject=subject)
        if issubclass(model, Personal):
            rows = rows.exclude(pk__in=_trim(list(rows), kept))
        removed += rows.delete()[0]
    Lookup.objects.filter(subject=subject).delete()
    return removed


def _trim(rows: list[models.Model], kept: Collection[str]) -> list[UUID]:
    """Cut rows down to the envelopes that are kept; the ids of those that hold any."""
    staying = []
    for row in rows:
        assert isinstance(row, Personal)
        with suppress(Damaged):  # a row that nobody can read is in nobody's books: it goes with the others
            envelopes = [e for e in row.envelopes() if e.retention in kept]
            if envelopes:
                row.sealed = envelope.pack(envelopes)
                row.save(update_fields=["sealed"])
                staying.append(row.id)
    return staying
