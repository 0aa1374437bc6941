"""What is out of the ordinary about openings, for the privacy officer: reported once, closed with an outcome. A report
holds kinds, ids and figures, and nobody's data."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from upheld import ledger
from upheld.accounts import limits
from upheld.accounts.limits import HOUR, Limit
from upheld.cases.errors import AlreadyClosed, OwnReview, ReasonNeeded, TooClose, TooManyOpenings
from upheld.cases.models import Glass, Oddity
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.standing import OVERSIGHT
from upheld.staff import acting
from upheld.staff.models import Member

BY = Actor.system("noticing")
KINDS = {
    "rate": "Went above what may be opened or searched in an hour",
    "unusual": "Opened, copied or printed far more than usual",
    "no_action": "Opened data of a case and did nothing on it",
    "too_close": "Somebody close to them",
    "emergency": "An emergency was opened",
    "refused": "Was refused again and again",
}
OUTCOMES = {"in_order": "In order", "followed_up": "Followed up"}
ONCE = timedelta(hours=1)  # within which the same thing about the same member is not reported again

OPENINGS = Limit("openings", 120, HOUR)
OPENINGS_OF_PARCELS = Limit("openings.parcels", 600, HOUR)  # an address and a name for each of a batch
PARCELS = "shipment"
REFUSALS = Limit("refusals", 5, HOUR)

Verb = TypeVar("Verb", bound=Callable[..., Any])


@transaction.atomic
def report(kind: str, *, member: UUID, case: str = "", figure: str = "") -> Oddity:
    """Put it before the privacy officer. `case` is kind:id, where it is about one. What was reported of this member,
    kind and case in the last hour, and is not closed, is not reported twice.

    A transaction of the caller's that is rolled back takes the report with it: report outside of it. Raises Refused.
    """
    now = timezone.now()
    same = Oddity.objects.filter(kind=kind, member=member, case=case, closed_at=None, at__gt=now - ONCE)
    if found := same.first():
        return found
    require(Act.ODDITY_NOTICE, by=BY)
    oddity = Oddity.objects.create(kind=kind, member=member, case=case, figure=figure, at=now)
    facts: dict[str, ledger.Fact] = {"kind": kind, "member": str(member), "oddity": str(oddity.pk)}
    if case:
        facts["case"] = case
    ledger.append(Act.ODDITY_NOTICE, by=BY, facts=facts)
    return oddity


@transaction.atomic
def close(oddity: Oddity, *, outcome: str, by: Member) -> Oddity:
    """The privacy officer has looked into it. Raises OwnReview, AlreadyClosed, ReasonNeeded, Refused."""
    actor = acting.as_staff(by, OVERSIGHT)
    require(Act.ODDITY_CLOSE, by=actor)
    if outcome not in OUTCOMES:
        raise ReasonNeeded(", ".join(OUTCOMES))
    oddity = Oddity.objects.select_for_update().get(pk=oddity.pk)
    if oddity.member == by.pk or _opened_together(oddity, by):
        raise OwnReview("This report")
    if oddity.closed_at is not None:
        raise AlreadyClosed("This report")
    oddity.closed_by, oddity.closed_at, oddity.outcome = by.pk, timezone.now(), outcome
    oddity.save(update_fields=["closed_by", "closed_at", "outcome"])
    facts: dict[str, ledger.Fact] = {"oddity": str(oddity.pk), "outcome": outcome}
    ledger.append(Act.ODDITY_CLOSE, by=actor, facts=facts)
    return oddity


def _opened_together(oddity: Oddity, member: Member) -> bool:
    """Whether it is about an emergency that this member asked for or agreed to."""
    kind, _, id = oddity.case.partition(":")
    theirs = Q(asked_by=member.pk) | Q(agreed_by=member.pk)
    return kind == "emergency" and Glass.objects.filter(theirs, pk=id).exists()


def allow_opening(member: Member, job: str) -> None:
    """Count one opening by this member in this job. Call it outside of any transaction, before the opening. Raises
    TooManyOpenings, once that was reported."""
    limit = most(job)
    answer = limits.take([(limit, member.pk.bytes + job.encode())])
    if answer is not None:
        report("rate", member=member.pk, figure=f"more than {limit.times} openings in an hour as {job}"[:80])
        raise TooManyOpenings(job, -(-answer.retry_after // 60))


def refused(member: Member) -> None:
    """Count that the desk refused this member something; beyond a few in an hour it is reported."""
    if limits.take([(REFUSALS, member.pk.bytes)]) is not None:
        report("refused", member=member.pk, figure=f"more than {REFUSALS.times} refusals in an hour")


def of_too_close(verb: Verb) -> Verb:
    """Around a verb on a matter (kind, about) by a member: that they tried it for somebody close to them is reported,
    once the verb's own transaction is gone."""

    @wraps(verb)
    def tried(kind: str, about: UUID, **named: Any) -> Any:
        try:
            return verb(kind, about, **named)
        except TooClose:
            report("too_close", member=named["by"].pk, case=f"{kind}:{about}", figure="tried to take the case")
            raise

    return tried  # type: ignore[return-value]  # the same signature


def most(job: str) -> Limit:
    """What one member may open in this job. Whoever packs opens more than whoever answers."""
    declared = force.in_force().jobs.get(job)
    return OPENINGS_OF_PARCELS if declared and PARCELS in declared.during else OPENINGS
