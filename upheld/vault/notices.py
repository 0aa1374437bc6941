"""Telling recipients that what they received was corrected or erased, until each has answered.

The rows are made where corrections and erasures are made, so that none can be forgotten. How a recipient is told is
the business of the room that deals with it.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from upheld import ledger
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.models import Disclosure, Notice
from upheld.vault.rows import Personal

CORRECTED, ERASED, DONE = "corrected", "erased", "done"


def after_correction(row: Personal, data: Collection[str]) -> None:
    """Whoever received one of these data from this row has the old value. Call in the correction's transaction."""
    handed = Disclosure.objects.filter(subject=row.subject, row=row.reference)
    _ask([each for each in handed if set(data) & set(each.fields)], CORRECTED)


def after_erasure(subject: UUID) -> None:
    """Every recipient of anything of this subject's. Call before the record of disclosures goes, in its transaction."""
    _ask(Disclosure.objects.filter(subject=subject), ERASED)


def after_removal(row: Personal) -> None:
    """Whoever received something of this row for its own sake, and not for an order's, has no need of it any more. Call
    in the transaction of its removal."""
    _ask(Disclosure.objects.filter(subject=row.subject, because=row.reference), ERASED)


def pending(recipient: str) -> "models.QuerySet[Notice]":
    """What this recipient has not answered yet, oldest first."""
    return Notice.objects.filter(recipient=recipient, answered_at=None).order_by("id")


def least_tried(recipient: str) -> "models.QuerySet[Notice]":
    """What was not tried yet first, and then what waits longest for another try: none keeps the others waiting."""
    return pending(recipient).order_by(models.F("tried_at").asc(nulls_first=True), "id")


def tried(notice: Notice) -> None:
    """The recipient is about to be asked."""
    Notice.objects.filter(subject=notice.subject, pk=notice.pk).update(tried_at=timezone.now())


@transaction.atomic
def told(notice: Notice, *, by: Actor) -> None:
    """The recipient was told, and may yet have to answer."""
    require(Act.NOTICE_SEND, by=by, subject=notice.subject)
    if not Notice.objects.filter(subject=notice.subject, pk=notice.pk, told_at=None).update(told_at=timezone.now()):
        return
    ledger.append(Act.NOTICE_SEND, by=by, subject=notice.subject, facts=_facts(notice))


@transaction.atomic
def answered(notice: Notice, *, answer: str = DONE, by: Actor) -> None:
    """The recipient answered; `answer` is a code."""
    require(Act.NOTICE_ANSWER, by=by, subject=notice.subject)
    open_still = Notice.objects.filter(subject=notice.subject, pk=notice.pk, answered_at=None)
    if not open_still.update(answered_at=timezone.now(), answer=answer):
        return
    ledger.append(Act.NOTICE_ANSWER, by=by, subject=notice.subject, facts=_facts(notice) | {"answer": answer})


def _ask(handed: Iterable[Disclosure], reason: str) -> None:
    """One notice for each matter that is not asked for already, whatever a crash left."""
    for each in handed:
        Notice.objects.get_or_create(
            subject=each.subject, recipient=each.recipient, because=each.because, reason=reason, told_at=None,
            answered_at=None, defaults={"asked_at": timezone.now()},
        )  # fmt: skip


def _facts(notice: Notice) -> dict[str, ledger.Fact]:
    return {"recipient": notice.recipient, "because": notice.because, "reason": notice.reason}
