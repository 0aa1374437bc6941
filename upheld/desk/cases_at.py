"""The case that an address names, for whoever is there; and where they go on from it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from upheld.cases import kinds, taking
from upheld.cases.errors import NoSuchCase, NotYours
from upheld.cases.models import Case
from upheld.desk import doors, turns
from upheld.policy import Refused
from upheld.staff import acting, sessions
from upheld.staff.models import Member


def case_of(request: HttpRequest, kind: str, about: UUID) -> Case:
    """The open case, which is this member's. Raises Http404 where there never was one, NoSuchCase once it is over,
    NotYours, Refused when no job of theirs works on such cases."""
    member = doors.member(request)
    refuse_other_jobs(member, kind, about)
    case = taking.open_case(kind, about)
    if case is None:
        raise _missing(kind, about)
    if case.taken_by != member.pk:
        raise NotYours(case)
    if not kinds.is_open(case):
        raise NoSuchCase
    return case


def refuse_other_kinds(member: Member, kind: str) -> None:
    """Raises Http404 for what is no kind of case, Refused for one that no job of the member's works on."""
    if kind not in kinds.KINDS:
        raise Http404
    if not acting.works_on(member, kind):
        raise Refused(f"none of your jobs works on cases of the kind {kind.replace('_', ' ')}")


def refuse_other_jobs(member: Member, kind: str, about: UUID) -> None:
    """`refuse_other_kinds`, but that an emergency, which no job works on, is for the member whose it is. Raises
    EmergencyOver for one that was theirs."""
    mine = Case.objects.open().filter(kind=taking.EMERGENCY, about=about, taken_by=member.pk)
    if kind == taking.EMERGENCY and mine.exists():
        return
    if kind == taking.EMERGENCY and turns.had(member, kind, about):
        raise turns.EmergencyOver
    refuse_other_kinds(member, kind)


def was_there(kind: str, about: UUID) -> bool:
    """Whether there once was such a case."""
    found: bool = Case.objects.filter(kind=kind, about=about).exists()
    return found


def onward(request: HttpRequest, case: Case, sentence: str) -> HttpResponse:
    """After something was done: to the case, or to its queue when it is over or another's. `sentence` names nobody."""
    sessions.say(doors.session(request), sentence)
    now = taking.open_case(case.kind, case.about)
    if now is not None and now.taken_by == doors.member(request).pk and kinds.is_open(now):
        return redirect("desk_case", case.kind, case.about)
    return redirect("desk") if case.kind == taking.EMERGENCY else redirect("desk_queue", case.kind)


def _missing(kind: str, about: UUID) -> Exception:
    matter = kinds.matter(kind, about)
    if matter is not None:
        return NotYours(f"{kind.replace('_', ' ')} {matter.number}")
    return NoSuchCase() if was_there(kind, about) else Http404()
