"""The queues as staff see them: numbers, ages, clocks and pseudonyms; nothing about anybody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from upheld.cases import kinds
from upheld.cases.kinds import KINDS, Kind, Matter
from upheld.cases.models import Case
from upheld.desk import clocks
from upheld.desk.clocks import Clock
from upheld.staff import acting
from upheld.staff.models import Member

PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """One matter. `holder` is the pseudonym of whoever has it, empty while nobody does."""

    kind: Kind
    about: UUID
    number: str
    since: datetime
    age: str
    clock: Clock | None
    is_urgent: bool
    holder: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """A kind of case, how many of it wait, since when, and what is due next."""

    kind: Kind
    count: int
    oldest: str  # an age; empty for none
    clock: Clock | None


def queues(member: Member) -> list[Queue]:
    """Those of the member's jobs, in the order of the policy."""
    return [_queue(KINDS[kind]) for kind in acting.kinds_of(member) if kind in KINDS]


def page(kind: str, number: int, member: Member) -> tuple[list[Waiting], bool]:
    """The matters of one page, counted from 1, and whether there are more behind it."""
    start = (number - 1) * PAGE
    found = list(islice(kinds.matters(kind), start, start + PAGE + 1))
    return _shown(found[:PAGE], member), len(found) > PAGE


def own(member: Member) -> list[Waiting]:
    """The cases that are this member's now, the one that they have had for longest first."""
    cases = Case.objects.open().filter(taken_by=member.pk).order_by("taken_at", "id")
    return _shown([each for each in map(_matter, cases) if each], member)


def one(matter: Matter, member: Member) -> Waiting:
    return _shown([matter], member)[0]


def _matter(case: Case) -> Matter | None:
    """What the case is about, as long as it is open."""
    if case.kind not in KINDS:
        return None
    found = kinds.matter(case.kind, case.about)
    if found is None and case.reason:
        return Matter(case.kind, case.about, case.subject, case.number, case.opened_at)
    return found


def _queue(kind: Kind) -> Queue:
    count, oldest, due = 0, None, None
    for each in kinds.matters(kind.name):
        count += 1
        oldest = min(each.since, oldest or each.since)
        due = min(filter(None, (each.due, due)), default=None)
    return Queue(kind, count, clocks.age(oldest) if oldest else "", clocks.of(due))


def _shown(matters: Sequence[Matter], member: Member) -> list[Waiting]:
    holders = _holders(matters)
    who = {each.pk: each.pseudonym for each in Member.objects.filter(pk__in=set(holders.values()))}
    return [_waiting(each, holders.get((each.kind, each.about)), who, member) for each in matters]


def _holders(matters: Iterable[Matter]) -> dict[tuple[str, UUID], UUID]:
    about = [each.about for each in matters]
    taken = Case.objects.open().filter(about__in=about).exclude(taken_by=None)
    return {(kind, about): by for kind, about, by in taken.values_list("kind", "about", "taken_by")}


def _waiting(matter: Matter, holder: UUID | None, who: dict[UUID, str], member: Member) -> Waiting:
    return Waiting(
        KINDS[matter.kind], matter.about, matter.number, matter.since, clocks.age(matter.since),
        clocks.of(matter.due), matter.is_urgent, who.get(holder, "") if holder else "", holder == member.pk,
    )  # fmt: skip
