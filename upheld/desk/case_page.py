"""The page of a case: whole for whoever has it, and for others its number, its age and who has it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from upheld.cases import fields, kinds, notes, taking
from upheld.cases.errors import CasesError, NotYours
from upheld.cases.kinds import Matter
from upheld.cases.models import Case
from upheld.desk import actions, doors, pages, stories, waiting
from upheld.desk.case_forms import NoteForm
from upheld.policy import Refused, force
from upheld.policy.words import purpose
from upheld.staff import acting
from upheld.staff.models import Member
from upheld.vault.errors import Erased, KeyMissing
from upheld.vault.showing import SHOWS

SECONDS = int(SHOWS.total_seconds())
Typed = Callable[[HttpRequest, str, UUID], HttpResponse]


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a row, as an address names it."""

    label: str
    row: UUID
    name: str

    @property
    def id(self) -> str:
        return f"{self.label}-{self.row}-{self.name}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as the page has it: masked, or open with its value for a short time."""

    place: Place
    masked: str | None = None
    is_open: bool = False
    value: str | None = None
    title: str = ""
    purpose: str = ""  # in words
    why_not: str = ""  # why it stays closed


def shown(
    request: HttpRequest, case: Case, *, status: int = 200, opened: Shown | None = None, **given: Any
) -> HttpResponse:
    """The case of the member who asks; with `opened`, that one value in place of its mask. `given` goes to the part
    with what may be done, and to the page."""
    member = doors.member(request)
    matter = kinds.matter(case.kind, case.about)
    context: dict[str, Any] = {
        "case": case,
        "row": waiting.one(matter or _started(case), member),
        "is_started": bool(case.reason),
        "fields": None,
        "story": stories.happened(case),
        "letters": stories.letters(case),
        "ordered": stories.ordered(case),
        "colleagues": colleagues(case, member),
        "takes_notes": notes.DATUM in force.in_force().jobs[taking.acts_as(member, case).job].opens,
        "shows": SECONDS,
        "note_form": NoteForm(auto_id="note_%s"),
    }
    try:
        context["fields"] = _with(_masked(case, member), opened)
    except (Erased, KeyMissing):
        context["closed_because"] = "Everything about the person was deleted."
    context["actions"] = actions.shown(request, case, member, given)
    response = pages.page(request, "desk/case/case.html", {**context, **given}, status)
    return for_a_while(response, case) if opened else response


def for_a_while(response: HttpResponse, case: Case, seconds: int = SECONDS) -> HttpResponse:
    """An answer with something open in it: a browser without scripts goes back to the masks by itself, too."""
    response["Refresh"] = f"{seconds}; url={address(case)}"
    return response


def kept_from(request: HttpRequest, matter: Matter) -> HttpResponse:
    """For a member who does not have the case: what the queue says of it."""
    return pages.page(request, "desk/case/not_yours.html", {"row": waiting.one(matter, doors.member(request))})


def gives_back(view: Typed) -> Typed:
    """Around a view that takes what a member typed: when the case is another's by now, or over, or no job of theirs
    works on it any more, what they typed comes back to them."""

    @wraps(view)
    def tried(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
        try:
            return view(request, kind, about)
        except (CasesError, Refused) as error:
            unsent = NoteForm.of(request).data.get("text", "")  # the form takes out the number of a card
            if not unsent:
                raise
            if isinstance(error, NotYours | Refused):
                doors.count_refusal(request, error)
            is_theirs, sentence = isinstance(error, CasesError), str(error)
            shown = {"unsent": unsent, "kind": kind, "about": about, "is_theirs": is_theirs, "sentence": sentence}
            return pages.page(request, "desk/case/unsent.html", shown, 409 if is_theirs else 403)

    return tried


def masked(case: Case, place: Place, member: Member) -> Shown | None:
    """One of the case's fields; None where the member's job has no such field."""
    return next((each for each in _masked(case, member) if each.place == place), None)


def opened(case: Case, place: Place, member: Member) -> Shown:
    """Raises NotYours, NoSuchCase, Refused."""
    value = fields.open_field(case, place.label, place.row, place.name, by=member)
    return Shown(place, is_open=True, value=value)


def _masked(case: Case, member: Member) -> list[Shown]:
    policy = force.in_force()
    return [
        Shown(Place(each.row_label, each.row, each.name), each.masked, title=each.title,
              purpose=purpose(policy, each.purpose), why_not=each.why_not)
        for each in fields.fields(case, by=member)
    ]  # fmt: skip


def _with(found: list[Shown], opened: Shown | None) -> list[Shown]:
    if opened is None:
        return found
    return [replace(each, is_open=True, value=opened.value) if each.place == opened.place else each for each in found]


def colleagues(case: Case, member: Member) -> list[Member]:
    """Those whose job works on such cases, too."""
    here = Member.objects.here().exclude(pk=member.pk).order_by("pseudonym")
    return [each for each in here if acting.works_on(each, case.kind)]


def address(case: Case) -> str:
    return reverse("desk_case", args=[case.kind, case.about])


def matter_of(kind: str, about: UUID) -> Matter | None:
    """What waits, or what staff started and nobody has closed."""
    found = kinds.matter(kind, about)
    if found is None:
        case = Case.objects.open().filter(kind=kind, about=about).exclude(reason="").first()
        return _started(case) if case else None
    return found


def _started(case: Case) -> Matter:
    return Matter(case.kind, case.about, case.subject, case.number, case.opened_at)
