"""A law has us keep what is held of somebody for now: nothing of it is erased, nor let go, until the hold has ended.

Who shreds a person, and who places a hold, each take `locking.alone_with` first: so either the hold stands and the
erasure waits, or the keys are going already and the hold is refused. A hold ends with its last day (UTC) by itself, or
is released before. What is corrected under a hold is corrected: wrong data are no evidence, and the ledger says when.
"""

from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from upheld import ledger
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import failing, locking
from upheld.vault.errors import NoEvidence, OnHold, Past
from upheld.vault.keys.models import Erasure
from upheld.vault.models import Hold

BY = Actor.system("holds")


@transaction.atomic
def place(subject: UUID, *, reason: str, until: date, by: Actor) -> Hold:
    """From now on nothing of theirs is let go, until the end of the day `until` (UTC). `reason` is one of Hold.REASONS.

    Raises NoEvidence for another reason, Past for a day that is over, Erased when their keys are gone, Refused.
    """
    require(Act.HOLD_PLACE, by=by, subject=subject)
    if reason not in Hold.REASONS:
        raise NoEvidence(reason, ", ".join(Hold.REASONS))
    if until < today():
        raise Past(until)
    locking.hold_still(subject)
    locking.let_nothing_go(subject)
    hold = Hold.objects.create(subject=subject, reason=reason, placed_at=timezone.now(), until=until)
    facts: dict[str, ledger.Fact] = {"hold": hold.reference, "reason": reason, "until": until.isoformat()}
    ledger.append(Act.HOLD_PLACE, by=by, subject=subject, facts=facts)
    return hold


@transaction.atomic
def release(hold: Hold, *, by: Actor) -> Hold:
    """It has ended; what waits for it goes on by itself. One that has ended already stays as it is. Raises Refused."""
    require(Act.HOLD_RELEASE, by=by, subject=hold.subject)
    found: Hold = Hold.objects.lock(hold)
    if found.released_at is None:
        found.released_at = timezone.now()
        found.save(update_fields=["released_at"])
        ledger.append(Act.HOLD_RELEASE, by=by, subject=hold.subject, facts={"hold": hold.reference})
    return found


def standing(subject: UUID) -> Hold | None:
    """The hold that keeps what is held of them today: of several, the one that ends last."""
    return standing_ones().filter(subject=subject).order_by("-until", "-id").first()


def standing_ones() -> "models.QuerySet[Hold]":
    """Every hold that stands today."""
    return Hold.objects.filter(released_at=None, until__gte=today())


def held() -> frozenset[UUID]:
    """Everybody whom a hold is about today: few."""
    return frozenset(standing_ones().values_list("subject", flat=True))


def over() -> "models.QuerySet[Hold]":
    """Those whose last day is past, which is not on record yet."""
    return Hold.objects.filter(released_at=None, until__lt=today())


def release_over() -> int:
    """Put on record that those whose last day is past have ended. Safe to interrupt and repeat; how many there were."""
    return failing.each(partial(release, by=BY), list(over()))


def may_go(subject: UUID) -> bool:
    """In a transaction: whether something of theirs may be let go. If so, nobody places a hold until it ends."""
    return locking.may_let_go(subject) and standing(subject) is None


def refuse_to_let_go(subject: UUID) -> None:
    """In a transaction, until whose end nobody places a hold: raises OnHold while one stands, or is being placed."""
    is_free = locking.may_let_go(subject)
    refuse_held(subject)
    if not is_free:
        raise OnHold(subject, today())


def refuse_unless_going(subject: UUID) -> None:
    """In a transaction, until whose end nobody places a hold: raises OnHold while one stands, unless the keys are going
    already. For what an erasure does before it destroys them; before any other lock."""
    locking.alone_with(subject)
    if not Erasure.objects.filter(subject=subject).exists():
        refuse_held(subject)


def refuse_held(subject: UUID) -> None:
    """Raises OnHold while a hold stands. For whoever holds `locking.alone_with`."""
    hold = standing(subject)
    if hold is not None:
        raise OnHold(subject, hold.until)


def today() -> date:
    return datetime.now(UTC).date()
