"""A case is taken by one member of staff, handed back or over, and closed: each a verb, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.cases import kinds, noticing, relations
from upheld.cases.errors import (
    ChooseAnother,
    IsDerived,
    NoSuchCase,
    NotYourJob,
    NotYours,
    ReasonNeeded,
    TakenBy,
    TooClose,
)
from upheld.cases.models import Case, Draft, Glass, Note, Turn
from upheld.conversations import numbers
from upheld.policy import actors, force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff import acting
from upheld.staff.models import Member
from upheld.vault.errors import Erased
from upheld.vault.locking import hold_still

EMERGENCY = "emergency"
PREFIX = "P"  # of the number of a case that is about a person, who has none
US = Actor.system("cases")


def acts_as(member: Member, case: Case) -> Actor:
    """The member on this case, for any verb of the rooms. Raises NotYours, NoSuchCase once it is closed, NotYourJob."""
    now: Case | None = Case.objects.filter(subject=case.subject, pk=case.pk).first()  # `case` may be of an old page
    if now is None:
        raise NoSuchCase
    if now.taken_by != member.pk:
        raise NoSuchCase if now.closed_at else NotYours(now)
    job = job_of(member, now.kind)
    if not kinds.is_open(now):
        raise NoSuchCase
    return Actor.staff(member.pk, job=job, case=_named(now))


@contextmanager
def theirs(case: Case, *, by: Member) -> Iterator[Actor]:
    """A transaction in which the case stays this member's: nobody takes, hands on or closes it until it has ended.
    Raises what `acts_as` raises."""
    with transaction.atomic():
        yield acts_as(by, _locked(case))


def open_case(kind: str, about: UUID) -> Case | None:
    """The open case about this matter, if anybody has taken or started one."""
    found = list(Case.objects.open().filter(kind=kind, about=about).order_by("id"))
    standing = (each for each in found if len(found) == 1 or kinds.is_open(each))
    return next(standing, found[0] if found else None)


def started(about: UUID, subject: UUID) -> list[str]:
    """The kinds of open case about this that staff began."""
    return list(
        Case.objects.open().filter(subject=subject, about=about).exclude(reason="").values_list("kind", flat=True)
    )


@noticing.of_too_close
@transaction.atomic
def take(kind: str, about: UUID, *, by: Member) -> Case:
    """The matter is this member's from here on. Safe to repeat.

    Raises NoSuchCase when nothing of the kind is open, NotYourJob, TakenBy, TooClose, Refused.
    """
    job, subject = job_of(by, kind), _subject(kind, about)
    _hold_still(subject)
    matter = kinds.matter(kind, about, subject)
    case = Case.objects.open().filter(subject=subject, kind=kind, about=about).first()
    if matter is None and (case is None or not case.reason):
        raise NoSuchCase
    if case is None:
        assert matter
        case = Case.objects.create(
            subject=subject, kind=kind, about=about, number=matter.number, opened_at=timezone.now()
        )
        Note.objects.filter(subject=subject, about=about).update(closed_at=None)  # they are of use again
    return _give(case, by, job)


@noticing.of_too_close
@transaction.atomic
def start(kind: str, about: UUID, *, subject: UUID, number: str, reason: str, by: Member) -> Case:
    """Staff begin a case that no queue has, about an order or a person that they found. It is theirs, until they close
    it. One that is open already is taken. Without a number it gets its own.

    Raises NotYourJob, ReasonNeeded, NoSuchCase (nothing of that person's has the id), TakenBy, TooClose, Refused.
    """
    job, reasons = job_of(by, kind), kinds.KINDS[kind].reasons if kind in kinds.KINDS else ()
    _hold_still(subject)
    if open_case(kind, about) is not None or kinds.matter(kind, about) is not None:
        return take(kind, about, by=by)
    if reason not in reasons:
        raise ReasonNeeded(", ".join(reasons) or "none: such cases are not started by staff")
    if not kinds.may_start(kind, about, subject):
        raise NoSuchCase
    case = Case.objects.create(
        subject=subject, kind=kind, about=about, number=number or numbers.unused(PREFIX, Case.objects.all()),
        reason=reason, opened_at=timezone.now(),
    )  # fmt: skip
    return _give(case, by, job, on_record=Act.CASE_START)


@transaction.atomic
def hand_back(case: Case, *, by: Member) -> Case:
    """It waits in the queue again. Raises NotYours, Refused."""
    with theirs(case, by=by) as actor:
        require(Act.CASE_HAND_BACK, by=actor, subject=case.subject)
        return _end_turn(case, "handed_back", Act.CASE_HAND_BACK, actor)


@transaction.atomic
def take_back(case: Case, *, ending: str) -> bool:
    """It waits in the queue again, since whoever has it left, or lost the job (`left`, `lapsed`)."""
    require(Act.CASE_HAND_BACK, by=US, subject=case.subject)
    locked = _locked(case)
    if locked.taken_by is None or locked.taken_by != case.taken_by:
        return False
    _end_turn(locked, ending, Act.CASE_HAND_BACK, US)
    return True


@transaction.atomic
def hand_over(case: Case, *, to: Member, by: Member) -> Case:
    """To a colleague who holds a job that works on it. Raises NotYours, NotYourJob (theirs), ChooseAnother,
    Refused."""
    with theirs(case, by=by) as actor:
        require(Act.CASE_HAND_OVER, by=actor, subject=case.subject)
        job = job_of(to, case.kind)
        if to.pk == by.pk:
            return case
        if relations.is_close(to, case.subject):
            raise ChooseAnother  # what they declared is nobody else's
        case = _end_turn(case, "handed_over", Act.CASE_HAND_OVER, actor, to=to)
        return _give(case, to, job, on_record=None)


@transaction.atomic
def close(case: Case, *, by: Member) -> Case:
    """What staff started is over, and opens no more. Raises NotYours, Refused; IsDerived of any other that is open."""
    with theirs(case, by=by) as actor:
        if not case.reason:
            raise IsDerived(case)
        require(Act.CASE_CLOSE, by=actor, subject=case.subject)
        return end(case, by=actor)


@transaction.atomic
def end(case: Case, *, by: Actor) -> Case:
    """Close it, for a verb that asked whether it may: its drafts go, and the period of its notes begins, unless another
    case is about the same. Safe to repeat. Raises NoSuchCase when it went with its person."""
    case = _locked(case)
    if case.closed_at is not None:
        return case
    case = _end_turn(case, "closed", Act.CASE_CLOSE, by)
    case.closed_at = timezone.now()
    case.save(update_fields=["closed_at"])
    about = {"subject": case.subject, "about": case.about}
    if not Case.objects.open().filter(**about).exists():
        for draft in Draft.objects.filter(**about):
            vault.remove(draft, by=US, because=reference(case))
        Note.objects.filter(**about, closed_at=None).update(closed_at=case.closed_at)
    return case


def reference(case: Case) -> str:
    """What the ledger calls it."""
    return f"{case.kind}:{case.about}"


def _give(case: Case, member: Member, job: str, *, on_record: Act | None = Act.CASE_TAKE) -> Case:
    """`on_record` is what the member did for it: nothing, when a colleague handed it to them."""
    case = _locked(case)
    if case.closed_at is not None:
        raise NoSuchCase
    if case.taken_by == member.pk:
        return case
    if case.taken_by is not None:
        other = Member.objects.filter(pk=case.taken_by).first()
        raise TakenBy(case, other or "somebody else")
    if case.kind == EMERGENCY and not Glass.objects.filter(pk=case.about, asked_by=member.pk).exists():
        raise NotYours(case)
    if relations.is_close(member, case.subject):
        raise TooClose(case)
    now = timezone.now()
    case.taken_by, case.taken_at = member.pk, now
    case.save(update_fields=["taken_by", "taken_at"])
    Turn.objects.create(subject=case.subject, case=case.pk, member=member.pk, since=now)
    actor = Actor.staff(member.pk, job=job, case=_named(case))
    require(on_record or Act.CASE_TAKE, by=actor, subject=case.subject)
    if on_record is not None:
        ledger.append(on_record, by=actor, subject=case.subject, facts=_facts(case))
    return case


def _end_turn(case: Case, ending: str, act: Act, by: Actor, *, to: Member | None = None) -> Case:
    case = _locked(case)
    now = timezone.now()
    turns = Turn.objects.filter(subject=case.subject, case=case.pk, until=None)
    turns.update(until=now, ending=ending)
    case.taken_by = case.taken_at = None
    case.save(update_fields=["taken_by", "taken_at"])
    facts = _facts(case)
    if to is not None:
        facts["to"] = str(to.pk)
    ledger.append(act, by=by, subject=case.subject, facts=facts)
    return case


def _facts(case: Case) -> dict[str, ledger.Fact]:
    """Whatever it can be made of again, after a restore."""
    facts: dict[str, ledger.Fact] = {"case": reference(case), "number": case.number}
    return facts | {"reason": case.reason} if case.reason else facts


def _subject(kind: str, about: UUID) -> UUID:
    """Whom the matter, or the case that staff started, is about. Raises NoSuchCase."""
    found = kinds.matter(kind, about) or Case.objects.open().filter(kind=kind, about=about).exclude(reason="").first()
    if found is None:
        raise NoSuchCase
    return found.subject


def _hold_still(subject: UUID) -> None:
    """In a transaction: they stay until it ends. Raises NoSuchCase of somebody who is being erased."""
    try:
        hold_still(subject)
    except Erased:
        raise NoSuchCase from None


def _locked(case: Case) -> Case:
    """As it is now, until the transaction ends. Raises NoSuchCase when it went with its person."""
    try:
        found: Case = Case.objects.lock(case)
    except Case.DoesNotExist:
        raise NoSuchCase from None
    return found


def job_of(member: Member, kind: str) -> str:
    """An emergency is for whoever holds any job. Raises NotYourJob."""
    if kind == EMERGENCY and member.jobs:
        return force.in_force().job_on(EMERGENCY) or ""
    job = acting.works_on(member, kind)
    if not job:
        raise NotYourJob(kind.replace("_", " "))
    return job


def _named(case: Case) -> actors.Case:
    return actors.Case(case.kind, case.about, case.subject)
