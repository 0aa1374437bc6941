"""A case: its story, what is masked, what is open, and what may be done now."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from upheld.cases import fields, notes, taking
from upheld.cases.errors import NoSuchCase, NoteHoldsCard, NoteTooLong, NotYours
from upheld.cases.kinds import KINDS
from upheld.cases.models import Case
from upheld.desk import case_page
from upheld.desk.case_forms import HandOverForm, NoteForm
from upheld.desk.case_page import Place
from upheld.desk.cases_at import case_of, onward, refuse_other_jobs
from upheld.desk.doors import desk, member
from upheld.desk.pages import is_part, page, part
from upheld.desk.views.conversing import READS
from upheld.staff.models import Member

PARTS = {"shows": case_page.SECONDS}


@desk("GET")
def case(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    """Whole for whoever has it; its number, age and who has it for the others whose job works on such cases."""
    refuse_other_jobs(member(request), kind, about)
    try:
        return case_page.shown(request, case_of(request, kind, about))
    except NotYours:
        found = case_page.matter_of(kind, about)
        return case_page.kept_from(request, found) if found else _over(request, kind)
    except NoSuchCase:
        return _over(request, kind)


@desk("GET")
def masked(request: HttpRequest, kind: str, about: UUID, label: str, row: UUID, name: str) -> HttpResponse:
    """One field, as it is before it is opened."""
    found = case_of(request, kind, about)
    shown = case_page.masked(found, Place(label, row, name), member(request))
    if shown is None:
        raise Http404
    if not is_part(request):
        return redirect("desk_case", kind, about)
    return part(request, "desk/case/value.html", {"case": found, "shown": shown, **PARTS})


@desk("POST", proven=True)
def open_it(request: HttpRequest, kind: str, about: UUID, label: str, row: UUID, name: str) -> HttpResponse:
    found = case_of(request, kind, about)
    shown = case_page.opened(found, Place(label, row, name), member(request))
    if is_part(request):
        return part(request, "desk/case/value.html", {"case": found, "shown": shown, **PARTS})
    return case_page.shown(request, found, opened=shown)


@desk("POST", proven=True)
def copy(request: HttpRequest, kind: str, about: UUID, label: str, row: UUID, name: str) -> HttpResponse:
    """On record before the browser copies what it shows already."""
    fields.copied(case_of(request, kind, about), label, row, name, by=member(request))
    return HttpResponse(status=204)


@desk("POST", proven=True)
def print_it(request: HttpRequest, kind: str, about: UUID, label: str, row: UUID, name: str) -> HttpResponse:
    """A page with the value and nothing else. That it was printed is on record once it could be opened."""
    found = case_of(request, kind, about)
    value = fields.open_field(found, label, row, name, by=member(request))
    fields.printed(found, label, row, name, by=member(request))
    shown = {"case": found, "value": value, "kind": KINDS[kind], "by": member(request)}
    return case_page.for_a_while(page(request, "desk/case/print.html", shown), found)


@desk("POST", proven=True)
def take(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    refuse_other_jobs(member(request), kind, about)
    taken = taking.take(kind, about, by=member(request))
    return onward(request, taken, "The case is yours.")


@desk("POST", proven=True)
def hand_back(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    handed = taking.hand_back(case_of(request, kind, about), by=member(request))
    return onward(request, handed, f"{handed.number} waits in the queue again.")


@desk("POST", proven=True)
def hand_over(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    found, form = case_of(request, kind, about), HandOverForm.of(request)
    to = _colleague(found, form, member(request))
    if to is None:
        return case_page.shown(request, found, status=422, hand_over=form)
    handed = taking.hand_over(found, to=to, by=member(request))
    return onward(request, handed, f"{handed.number} is {to.pseudonym}'s now.")


@desk("POST", proven=True)
def close(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    closed = taking.close(case_of(request, kind, about), by=member(request))
    return onward(request, closed, f"{closed.number} is closed.")


@desk("POST", proven=True)
def read_notes(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    found = case_of(request, kind, about)
    shown: dict[str, Any] = {"notes": notes.notes_of(found, by=member(request)), "reads": READS}
    if is_part(request):
        return part(request, "desk/case/notes.html", {"case": found, **shown})
    return case_page.for_a_while(case_page.shown(request, found, **shown), found, READS)


@desk("POST")
@case_page.gives_back
def note(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    found, form = case_of(request, kind, about), NoteForm.of(request)
    if form.is_valid():
        try:
            notes.note(found, text=form.cleaned_data["text"], by=member(request))
        except (NoteTooLong, NoteHoldsCard) as error:
            form.refuse(str(error), "text")
        else:
            return onward(request, found, "The note is kept.")
    return case_page.shown(request, found, status=422, note_form=form)


def _colleague(case: Case, form: HandOverForm, by: Member) -> Member | None:
    """Whom it is handed to; None, with the form saying why, when it is nobody whose job works on it."""
    if not form.is_valid():
        return None
    pseudonym = form.cleaned_data["to"]
    found = next((each for each in case_page.colleagues(case, by) if each.pseudonym == pseudonym), None)
    if found is None:
        form.refuse("Choose one of the colleagues listed.", "to")
    return found


def _over(request: HttpRequest, kind: str) -> HttpResponse:
    return page(request, "desk/case/over.html", {"kind": KINDS[kind]}, 410)


CASE = "case/<slug:kind>/<uuid:about>/"
FIELD = f"{CASE}field/<slug:label>/<uuid:row>/<slug:name>/"

urlpatterns = [
    path(CASE, case, name="desk_case"),
    path(f"{CASE}take/", take, name="desk_take"),
    path(f"{CASE}hand-back/", hand_back, name="desk_hand_back"),
    path(f"{CASE}hand-over/", hand_over, name="desk_hand_over"),
    path(f"{CASE}close/", close, name="desk_close"),
    path(f"{CASE}notes/", read_notes, name="desk_notes"),
    path(f"{CASE}note/", note, name="desk_note"),
    path(FIELD, masked, name="desk_field"),
    path(f"{FIELD}open/", open_it, name="desk_open"),
    path(f"{FIELD}copy/", copy, name="desk_copy"),
    path(f"{FIELD}print/", print_it, name="desk_print"),
]
