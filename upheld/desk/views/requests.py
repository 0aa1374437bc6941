"""Requests and concerns: ended, corrected, held, restricted. What they wrote is read and answered as any conversation.

Whatever is done here ends on the case's page, or on its queue when the case is over with it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from upheld.cases import taking
from upheld.cases.models import Case
from upheld.conversations import verbs as conversations
from upheld.desk import actions, asked, case_page
from upheld.desk import asked_forms as forms
from upheld.desk.cases_at import case_of, onward
from upheld.desk.doors import desk, member
from upheld.desk.pages import is_part, part
from upheld.desk.views.conversing import READS
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.corrections import proposing
from upheld.rights.errors import RightsError
from upheld.rights.holding import language_of
from upheld.rights.models import ENDED
from upheld.rights.restricting import NOTICE, titles
from upheld.staff.models import Member
from upheld.vault import holding
from upheld.vault.errors import AlreadyHeld, Past
from upheld.web.forms import Form

KINDS = ("rights_request", "concern")
F = TypeVar("F", bound=Form)
Do = Callable[[Actor], str]
"""Does it, and says in a sentence that it is done, naming nobody; nothing when the form says why it was not."""


def context(request: HttpRequest, case: Case, member: Member) -> Mapping[str, Any]:
    return {**asked.context(case), "said": None, "form": None, "reads": READS}


@desk("GET")
def plan(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    """What an erasure would do and when, kind by kind, without a value."""
    case = case_of(request, kind, about)
    if not asked.erases(case):
        raise Http404
    planned = asked.planned(case)
    if is_part(request):
        return part(request, "desk/requests/plan.html", planned)
    return case_page.shown(request, case, **planned)


@desk("POST", proven=True)
def end(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    case = case_of(request, kind, about)
    form = _there(asked.end_form(case, request.POST))

    def do(by: Actor) -> str:
        given = form.cleaned_data
        ended = verbs.end(form.meant, state=given["state"], reason=given["reason"], outcome=given["outcome"], by=by)
        return f"{ended.number} is ended, and the person is written to."

    return _done(request, case, "end_form", form, do)


@desk("POST", proven=True)
def propose(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    case = case_of(request, kind, about)
    form = _there(asked.propose_form(case, request.POST))

    def do(by: Actor) -> str:
        label, row, field = form.cleaned_data["field"].split(":")
        value = form.cleaned_data["value"]
        proposing.propose(form.meant, label=label, row=UUID(row), field=field, value=value, by=by)
        return f"The person is asked. Until they answer, {form.meant.number} waits for them."

    return _done(request, case, "propose_form", form, do)


@desk("POST", proven=True)
def hold(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    case, form = case_of(request, kind, about), forms.HoldForm(request.POST)

    def do(by: Actor) -> str:
        given = form.cleaned_data
        placed = verbs.place_hold(case.subject, reason=given["reason"], until=given["until"], by=by)
        return f"Nothing is deleted until {placed.until:%-d %B %Y} is over. The person is told."

    return _done(request, case, "hold_form", form, do)


@desk("POST", proven=True)
def release(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    case, form = case_of(request, kind, about), forms.ReleaseForm(request.POST)
    mine = holding.standing_ones().filter(subject=case.subject)
    found = mine.filter(pk=form.cleaned_data["hold"]).first() if form.is_valid() else None
    if found is None:
        raise Http404

    def do(by: Actor) -> str:
        verbs.end_hold(found, by=by)
        return "The hold has ended. What waited for it goes on by itself."

    return _done(request, case, "release_form", form, do)


@desk("POST", proven=True)
def restrict(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    case = case_of(request, kind, about)
    form = asked.restrict_form(case, request.POST)

    def do(by: Actor) -> str:
        fresh = verbs.restrict(case.subject, form.cleaned_data["purposes"], by=by)
        return f"Not used any more for: {', '.join(titles(fresh))}. The person is told."

    return _done(request, case, "restrict_form", form, do)


@desk("POST", proven=True)
def lift(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    """The person is told first, and can refuse once more."""
    case = case_of(request, kind, about)
    form = asked.lift_form(case, request.POST)

    def do(by: Actor) -> str:
        ending = verbs.lift(case.subject, form.cleaned_data["purposes"], by=by)
        day = (timezone.now() + NOTICE).astimezone(UTC)
        return f"Used again from {day:%-d %B %Y} on for: {', '.join(titles(ending))}. The person is told."

    return _done(request, case, "lift_form", form, do)


@desk("POST", proven=True)
def on_word(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    """They asked otherwise than by letter: it waits for a yes from their address."""
    case, form = case_of(request, kind, about), forms.OnWordForm(request.POST)
    if case.reason != asked.ASKED_BY_PERSON:
        raise Http404

    def do(by: Actor) -> str:
        right, language = form.cleaned_data["right"], language_of(case.subject)
        opened = verbs.ask([case.subject], [right], way="desk", language=language, by=by)
        if isinstance(opened, list):
            return f"{opened[0].number} waits for a yes from their address."
        form.refuse(opened.sentence, "right")
        return ""

    return _done(request, case, "on_word_form", form, do)


@desk("POST", proven=True)
def close(request: HttpRequest, kind: str, about: UUID) -> HttpResponse:
    """A letter about rights in which nobody asked for anything, or all of which is over."""
    case = case_of(request, kind, about)
    found = asked.conversation(case)
    if found is None or any(each.state not in ENDED for each in asked.requests(case)):
        raise Http404
    with transaction.atomic():
        conversations.close(found, by=taking.acts_as(member(request), case))
    return onward(request, case, f"{found.number} is closed.")


def _done(request: HttpRequest, case: Case, name: str, form: Form, do: Do) -> HttpResponse:
    """Do it; or show the case again, with what is wrong beside the form that the page calls `name`."""
    if form.is_valid():
        try:
            if sentence := do(taking.acts_as(member(request), case)):
                return onward(request, case, sentence)
        except (RightsError, Past, AlreadyHeld) as error:
            form.refuse(str(error))
    wrong: dict[str, Any] = {name: form}
    return case_page.shown(request, case, status=422, **wrong)


def _there(form: F | None) -> F:
    """What the case does not offer is no page."""
    if form is None:
        raise Http404
    return form


VERBS = {
    "plan": plan, "end": end, "propose": propose, "hold": hold, "release": release, "restrict": restrict, "lift": lift,
    "ask": on_word, "close-letter": close,
}  # fmt: skip

urlpatterns = [
    path(f"case/{kind}/<uuid:about>/{verb}/", view, {"kind": kind}, name=f"desk_request_{verb.replace('-', '_')}")
    for kind in KINDS
    for verb, view in VERBS.items()
]

for each in KINDS:
    actions.register(each, "desk/requests/actions.html", context)
