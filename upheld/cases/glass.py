"""Break glass: what no job covers is opened by two members together, for minutes, and the person is written to.

1  ask      by one member, with a reason                                   nothing opens
2  agree    by another: the case of the kind emergency is the asker's      it opens, for LASTS
3  end      by either, or by itself
4  review   by the privacy officer, who did neither; open until then

Whoever invited a colleague could be both of them, so neither agrees to the other's, nor reviews it.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import crockford, ledger
from upheld.cases import noticing, relations, taking
from upheld.cases.errors import (
    NeedsAnother,
    NeedsAnotherReviewer,
    NotInvolved,
    NotWaiting,
    OwnReview,
    ReasonNeeded,
    TooClose,
)
from upheld.cases.idling import OPENING
from upheld.cases.letters import EmergencyOpened
from upheld.cases.models import Case, Glass
from upheld.contact import verbs as contact
from upheld.ledger.models import Entry
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.standing import OVERSIGHT
from upheld.rights.requests import writers
from upheld.staff import acting, inviting
from upheld.staff.models import Member
from upheld.vault import first_id
from upheld.vault.locking import hold_still

BY = Actor.system("emergencies")
REASONS = {
    "safety": "Somebody may come to harm",
    "court_order": "A court or an authority ordered it",
    "service_outage": "A fault of ours has to be put right",
    "person_asks_otherwise": "The person asked for it in a way that has no case, such as on the phone",
}
OUTCOMES = {"justified": "Justified", "unjustified": "Not justified"}
WAITS = timedelta(hours=1)  # for somebody who agrees
LASTS = timedelta(minutes=15)
SETTLED = timedelta(days=1)  # here before one agrees, whom a colleague invited
SIGNS = 8


def waiting() -> list[Glass]:
    """Those that nobody has answered yet, the oldest first."""
    asked = Glass.objects.filter(agreed_by=None, refused_at=None, asked_at__gt=timezone.now() - WAITS)
    return list(asked.order_by("asked_at"))


def counting(member: Member) -> list[Glass]:
    """Those of this member, as asker or as who agreed, that open something now."""
    now = Glass.objects.filter(ends_at__gt=timezone.now(), reviewed_at=None)
    return [each for each in now.order_by("asked_at") if member.pk in (each.asked_by, each.agreed_by)]


def unreviewed() -> list[Glass]:
    return list(Glass.objects.exclude(agreed_by=None).filter(reviewed_at=None).order_by("asked_at"))


def opened_in(glass: Glass) -> list[Entry]:
    """What was opened, copied or printed in it, as the ledger has it: names of fields and times."""
    rows = Entry.objects.of(glass.subject).filter(act__in=OPENING, id__gte=first_id(glass.asked_at))
    return [each for each in rows.iterator() if each.by.get("case") == _case(glass)]


def ask(subject: UUID, *, reason: str, by: Member) -> Glass:
    """Somebody else has to agree within the hour. What this member asked about this person and still waits is asked
    once. Raises ReasonNeeded, TooClose, Erased, Refused."""
    if relations.is_close(by, subject):
        noticing.report("too_close", member=by.pk, figure="tried to ask for an emergency")
        raise TooClose("This emergency")
    return _ask(subject, reason, by)


@transaction.atomic
def _ask(subject: UUID, reason: str, by: Member) -> Glass:
    if reason not in REASONS:
        raise ReasonNeeded(", ".join(REASONS))
    actor = acting.as_staff(by)
    require(Act.GLASS_ASK, by=actor)
    hold_still(subject)
    for asked in waiting():
        if (asked.subject, asked.asked_by) == (subject, by.pk):
            return asked
    number = f"E-{crockford.new(SIGNS)}"
    glass = Glass.objects.create(subject=subject, number=number, reason=reason, asked_by=by.pk, asked_at=timezone.now())
    ledger.append(Act.GLASS_ASK, by=actor, subject=subject, facts=_facts(glass) | {"reason": reason})
    return glass


@transaction.atomic
def agree(glass: Glass, *, by: Member) -> Case:
    """From now on it opens, for LASTS: the case is the asker's. The person is written to, the privacy officer told.

    Raises NotWaiting, NeedsAnother, TooClose, Erased, Refused.
    """
    actor = acting.as_staff(by)
    require(Act.GLASS_AGREE, by=actor)
    glass = _waiting(glass)
    asker = Member.objects.here().filter(pk=glass.asked_by).first()
    if asker is None:
        raise NotWaiting(glass.number)
    if asker.pk == by.pk or not _counts(by) or not _are_apart(by, [asker]):
        raise NeedsAnother(glass.number)
    if relations.is_close(by, glass.subject):
        raise TooClose(glass.number)
    glass.agreed_by, glass.ends_at = by.pk, timezone.now() + LASTS
    glass.save(update_fields=["agreed_by", "ends_at"])
    facts = _facts(glass) | {"minutes": int(LASTS.total_seconds()) // 60}
    ledger.append(Act.GLASS_AGREE, by=actor, subject=glass.subject, facts=facts)
    noticing.report("emergency", member=asker.pk, case=_case(glass), figure=f"agreed to by {by.pseudonym}")
    _write(glass)
    return taking.take(taking.EMERGENCY, glass.pk, by=asker)


@transaction.atomic
def refuse(glass: Glass, *, by: Member) -> Glass:
    """Nothing opens. The asker takes it back in the same way. Raises NotWaiting, Refused."""
    actor = acting.as_staff(by)
    require(Act.GLASS_AGREE, by=actor)
    glass = _over_unopened(_waiting(glass))
    ledger.append(Act.GLASS_AGREE, by=actor, facts=_facts(glass) | {"agreed": False})
    return glass


@transaction.atomic
def end(glass: Glass, *, by: Member) -> Glass:
    """It opens nothing any more, before its minutes are over. Safe to repeat. Raises NotInvolved, NotWaiting,
    Refused."""
    actor = acting.as_staff(by)
    require(Act.GLASS_AGREE, by=actor)
    glass = _held(glass)
    if by.pk not in (glass.asked_by, glass.agreed_by):
        raise NotInvolved(glass.number)
    if glass.ends_at is None:
        raise NotWaiting(glass.number)
    if glass.ends_at > timezone.now():
        ledger.append(Act.GLASS_AGREE, by=actor, facts=_facts(glass) | {"agreed": False})
    return _close(glass)


@transaction.atomic
def review(glass: Glass, *, outcome: str, by: Member) -> Glass:
    """The privacy officer's word on it; it ends one that still counts. Raises OwnReview, NotWaiting, ReasonNeeded,
    TooClose, NeedsAnotherReviewer, Refused."""
    actor = acting.as_staff(by, OVERSIGHT)
    require(Act.GLASS_REVIEW, by=actor)
    if outcome not in OUTCOMES:
        raise ReasonNeeded(", ".join(OUTCOMES))
    glass = _held(glass)
    if by.pk in (glass.asked_by, glass.agreed_by):
        raise OwnReview(glass.number)
    if glass.agreed_by is None or glass.reviewed_at is not None:
        raise NotWaiting(glass.number)
    if relations.is_close(by, glass.subject):
        raise TooClose(glass.number)
    if not _are_apart(by, Member.objects.filter(pk__in=[glass.asked_by, glass.agreed_by])):
        raise NeedsAnotherReviewer(glass.number)
    glass = _close(glass)
    glass.reviewed_by, glass.reviewed_at, glass.outcome = by.pk, timezone.now(), outcome
    glass.save(update_fields=["reviewed_by", "reviewed_at", "outcome"])
    ledger.append(Act.GLASS_REVIEW, by=actor, subject=glass.subject, facts=_facts(glass) | {"outcome": outcome})
    return glass


@transaction.atomic
def lapse_due() -> int:
    """End what nobody answered within the hour. Returns how many."""
    asked = Glass.objects.filter(agreed_by=None, refused_at=None, asked_at__lte=timezone.now() - WAITS)
    return len([_over_unopened(each) for each in asked.select_for_update().order_by("id")])


def _counts(member: Member) -> bool:
    """Whether they may be the second of two: with a job, and not invited by a colleague and enrolled only today."""
    if not (member.jobs and member.enrolled_at):
        return False
    was_invited = any(invited == str(member.pk) for _, invited in inviting.invitations())
    return not was_invited or timezone.now() - member.enrolled_at >= SETTLED


def _are_apart(member: Member, others: Iterable[Member]) -> bool:
    """Whether none of the others is close to the member, invited them, or was invited by them."""
    invited, one = inviting.invitations(), str(member.pk)
    return not any(
        relations.are_close(member, each) or {(one, str(each.pk)), (str(each.pk), one)} & invited for each in others
    )


def _waiting(glass: Glass) -> Glass:
    found = _held(glass)
    if found.agreed_by or found.refused_at or timezone.now() - found.asked_at >= WAITS:
        raise NotWaiting(found.number)
    return found


def _held(glass: Glass) -> Glass:
    """The row as it is now, and the person with it, until the transaction ends. Raises Erased."""
    hold_still(glass.subject)
    found: Glass = Glass.objects.lock(glass)
    return found


def _over_unopened(glass: Glass) -> Glass:
    """There is nothing to review."""
    glass.refused_at = glass.reviewed_at = timezone.now()
    glass.save(update_fields=["refused_at", "reviewed_at"])
    return glass


def _close(glass: Glass) -> Glass:
    now = timezone.now()
    if glass.ends_at is not None and glass.ends_at > now:
        glass.ends_at = now
        glass.save(update_fields=["ends_at"])
    case = taking.open_case(taking.EMERGENCY, glass.pk)
    if case is not None:
        require(Act.CASE_CLOSE, by=BY, subject=glass.subject)
        taking.end(case, by=BY)
    return glass


def _write(glass: Glass) -> None:
    """To where they are reached, if they are; the letter waits for nobody's review."""
    to = writers.reached([glass.subject])
    if to is not None:
        minutes = int(LASTS.total_seconds()) // 60
        contact.send(EmergencyOpened(glass.number, REASONS[glass.reason], timezone.now(), minutes), to=to, by=BY)


def _case(glass: Glass) -> str:
    return f"{taking.EMERGENCY}:{glass.pk}"


def _facts(glass: Glass) -> dict[str, ledger.Fact]:
    return {"glass": str(glass.pk), "number": glass.number}
