"""Erasure: the keys first, so that every copy anywhere is unreadable at once; then the rows.

    1  key store    a record of the erasure, and the subject's keys gone      one transaction
    2  data         rows, index, other rows about the person; the ledger entry one transaction
    3  both         free pages and logs overwritten
    4  key store    the record marked finished

A crash after 1 is resumed by `resume`, from 2, any number of times. A restored copy of the data is put through 2
again for every record. Classes that the policy keeps for a reason (its `retention`) keep their key and their
envelopes; everything else in the same rows goes, and so does the key of such a class under which nothing is held.
"""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from upheld import ledger
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import envelope, failing, holding
from upheld.vault.inventory import people, rows_of
from upheld.vault.keys import ring
from upheld.vault.keys.models import DataKey, Erasure
from upheld.vault.keys.router import STORE
from upheld.vault.locking import alone_with
from upheld.vault.models import Lookup
from upheld.vault.notices import after_erasure
from upheld.vault.rows import AboutPerson, Personal
from upheld.vault.scrubbing import scrub


def shred(subject: UUID, *, by: Actor, because: str = "request") -> None:
    """Destroy a subject's keys and rows. Must not run inside a transaction: destroyed keys do not roll back.

    Raises Refused; OnHold while a hold stands, unless the keys are going already. When it returns, nothing of theirs
    that is not kept by declaration is readable here or in any older copy of the data.
    """
    require(Act.SUBJECT_SHRED, by=by, subject=subject)
    with transaction.atomic(durable=True):
        alone_with(subject)
        _begin(subject, by=by, because=because)
    _finish(subject, by=by, because=because)


def shred_if(subject: UUID, is_due: Callable[[], bool], *, by: Actor, because: str) -> bool:
    """`shred`, if `is_due` says so while nobody else adds to what is held of them: whoever does so takes `alone_with`
    and then asks `is_erased`, and so comes before the question or finds them erased. Whether it was due. Raises
    Refused, OnHold."""
    require(Act.SUBJECT_SHRED, by=by, subject=subject)
    with transaction.atomic(durable=True):
        alone_with(subject)
        if not is_due():
            return False
        _begin(subject, by=by, because=because)
    _finish(subject, by=by, because=because)
    return True


def resume() -> int:
    """Finish every erasure that a crash interrupted. Returns how many there were. One that fails keeps no other
    waiting."""
    return failing.each(_resume, list(Erasure.objects.filter(finished_at=None)))


def _resume(record: Erasure) -> bool:
    _finish(record.subject, by=Actor.system("erasure"), because=record.because)
    return True


def is_erased(subject: UUID) -> bool:
    return Erasure.objects.filter(subject=subject).exists()


def kept_classes() -> frozenset[str]:
    """Retention classes that outlive erasure: those for which the policy gives a reason."""
    return frozenset(name for name, kept in force.in_force().retention.items() if kept.outlives_erasure)


def _begin(subject: UUID, *, by: Actor, because: str) -> None:
    """Whoever places a hold comes before this, or finds them erased."""
    holding.refuse_unless_going(subject)
    with transaction.atomic(using=STORE):
        Erasure.objects.get_or_create(
            subject=subject,
            defaults={"started_at": timezone.now(), "by": by.kind.value, "because": because},
        )
        _destroy_keys(subject)


def _destroy_keys(subject: UUID) -> None:
    DataKey.objects.filter(subject=subject).exclude(retention__in=kept_classes()).delete()


def _held_classes(subject: UUID) -> set[str]:
    return {retention for row in rows_of(subject) for retention in row.classes()}


def _finish(subject: UUID, *, by: Actor, because: str) -> None:
    with transaction.atomic(durable=True):
        alone_with(subject)
        after_erasure(subject)
        removed = remove_rows(subject)
        if not ledger.Entry.objects.filter(subject=subject, act=Act.SUBJECT_SHRED).exists():
            facts: dict[str, ledger.Fact] = {"because": because, "rows": removed}
            ledger.append(Act.SUBJECT_SHRED, by=by, subject=subject, facts=facts)
    _destroy_keys(subject)  # again: a collection that raced with step 1 may have made one
    ring.destroy(subject, kept_classes() - _held_classes(subject))
    if scrub([STORE, "default"]):
        Erasure.objects.filter(subject=subject).update(finished_at=timezone.now())


def remove_rows(subject: UUID) -> int:
    """Delete every row about the subject, in every room, except the envelopes of kept classes."""
    kept = kept_classes()
    staying = frozenset(row.id for row in rows_of(subject) if _trim(row, kept))
    removed = sum(going(model, subject, staying).delete()[0] for model in people())
    Lookup.objects.filter(subject=subject).delete()
    return removed


def staying(subject: UUID) -> frozenset[UUID]:
    """The ids of the subject's rows that hold an envelope of a kept class: an erasure leaves these, cut down to it."""
    kept = kept_classes()
    return frozenset(row.id for row in rows_of(subject) if row.classes() & kept)


def going(model: type[AboutPerson], subject: UUID, staying: Collection[UUID]) -> "models.QuerySet[Any]":
    """The rows of a model that an erasure removes, when those of these ids stay."""
    rows = model._base_manager.filter(subject=subject)
    if issubclass(model, Personal):
        return rows.exclude(pk__in=staying)
    return rows.exclude(**{f"{model.stays_with}__in": staying}) if model.stays_with else rows


def _trim(row: Personal, kept: Collection[str]) -> bool:
    """Cut a row down to the envelopes that are kept; whether it holds any."""
    envelopes = [e for e in row.readable() if e.retention in kept]
    if envelopes:
        row.sealed = envelope.pack(envelopes)
        row.save(update_fields=["sealed"])
    return bool(envelopes)
