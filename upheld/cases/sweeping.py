"""What becomes of cases by itself: they end with what they were about, and wait again when whoever had them is gone."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial

from django.db.models import Q
from django.utils import timezone

from upheld.cases import idling, kinds, taking
from upheld.cases.errors import NoSuchCase
from upheld.cases.models import Case
from upheld.ledger.models import Entry
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff import acting
from upheld.staff.models import Member
from upheld.vault import failing, first_id

LEFT, LAPSED = "left", "lapsed"
IDLE = timedelta(days=14)  # after which what staff started, and did nothing on, is over


def settle() -> int:
    """Close the cases whose real thing is over, and those that staff started and let lie; put back into the queue those
    of members who left or do not hold the job any more. Safe to interrupt and repeat; returns how many."""
    work = [partial(_end, case) for kind in kinds.KINDS for case in kinds.over(kind)]
    work += [partial(_let_lie, case) for case in _idle()]
    taken = list(Case.objects.open().exclude(taken_by=None))
    here = {each.pk: each for each in Member.objects.here().filter(pk__in={case.taken_by for case in taken})}
    work += [partial(_take_back, case, here.get(case.taken_by)) for case in taken if case.taken_by]
    return failing.each(lambda do: do(), work)


def _end(case: Case) -> bool:
    """Asked again, since it may have been opened again meanwhile."""
    if kinds.is_open(case):
        return False
    require(Act.CASE_CLOSE, by=taking.US, subject=case.subject)
    with suppress(NoSuchCase):  # it went with its person
        taking.end(case, by=taking.US)
    return True


def _idle() -> Iterator[Case]:
    """Looking at a case, noting and printing keep none open."""
    then = timezone.now() - IDLE
    rows = Case.objects.open().exclude(reason="").filter(Q(taken_at=None) | Q(taken_at__lt=then), opened_at__lt=then)
    for case in rows:
        entries = Entry.objects.of(case.subject).filter(id__gte=first_id(then)).iterator()
        if not idling.did_something(each.act for each in entries if each.by.get("case") == taking.reference(case)):
            yield case


def _let_lie(case: Case) -> bool:
    require(Act.CASE_CLOSE, by=taking.US, subject=case.subject)
    with suppress(NoSuchCase):
        if case.taken_by:
            taking.take_back(case, ending=LAPSED)
        taking.end(case, by=taking.US)
    return True


def _take_back(case: Case, member: Member | None) -> bool:
    if member and (member.jobs if case.kind == taking.EMERGENCY else acting.works_on(member, case.kind)):
        return False
    with suppress(NoSuchCase):
        return taking.take_back(case, ending=LAPSED if member else LEFT)
    return False
