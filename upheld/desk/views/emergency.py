"""Opening what no job covers: two of us, for minutes."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from upheld.cases import finding, glass
from upheld.cases.models import Glass
from upheld.desk.doors import desk, member, session
from upheld.desk.pages import page
from upheld.staff import sessions
from upheld.staff.models import Member
from upheld.web.forms import Form

NOTHING = "Nothing is found under this. Ask for the number once more, or for the whole address."
SEVERAL = "This leads to more than one person. Type a number of what it is about."


class AskForm(Form):
    what = forms.CharField(
        label="Whom it is about",
        max_length=320,
        help_text="A whole e-mail address, or the number of an order, a conversation, a request or a parcel.",
        error_messages={"required": "Type an address or a number.", "max_length": "That is longer than any of them."},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    reason = forms.ChoiceField(
        label="Why",
        choices=[("", "Choose"), *glass.REASONS.items()],
        error_messages={"required": "Say why.", "invalid_choice": "Choose one of the reasons listed."},
    )


@dataclass(frozen=True, slots=True)
class Row:
    glass: Glass
    reason: str
    asker: str
    agreer: str
    is_mine: bool  # who looks asked for it


@desk("GET")
def emergencies(request: HttpRequest) -> HttpResponse:
    return _page(request, AskForm())


@desk("POST", proven=True)
def ask(request: HttpRequest) -> HttpResponse:
    """What was typed is part of no address. Nothing opens before somebody else has agreed."""
    form = AskForm.of(request)
    if form.is_valid():
        found = {each.subject for each in finding.find(form.cleaned_data["what"], by=member(request))}
        if len(found) == 1:
            asked = glass.ask(found.pop(), reason=form.cleaned_data["reason"], by=member(request))
            return _done(request, f"{asked.number} waits until somebody else agrees, for an hour at most.")
        form.refuse(SEVERAL if found else NOTHING, "what")
    return _page(request, form, 422)


@desk("POST", proven=True)
def agree(request: HttpRequest, row: UUID) -> HttpResponse:
    case = glass.agree(_glass(row), by=member(request))
    minutes = int(glass.LASTS.total_seconds()) // 60
    return _done(request, f"{case.number} counts for {minutes} minutes, for whoever asked. The person is written to.")


@desk("POST", proven=True)
def refuse(request: HttpRequest, row: UUID) -> HttpResponse:
    return _done(request, f"{glass.refuse(_glass(row), by=member(request)).number} is refused. Nothing was opened.")


@desk("POST")
def end(request: HttpRequest, row: UUID) -> HttpResponse:
    return _done(request, f"{glass.end(_glass(row), by=member(request)).number} is over. It opens nothing any more.")


def _page(request: HttpRequest, form: AskForm, status: int = 200) -> HttpResponse:
    someone = member(request)
    context = {
        "form": form,
        "counting": rows(glass.counting(someone), someone),
        "waiting": rows(glass.waiting(), someone),
    }
    return page(request, "desk/emergency/emergencies.html", context, status=status)


def rows(found: Iterable[Glass], someone: Member) -> list[Row]:
    """By pseudonyms, as `someone` sees them."""
    listed = list(found)
    ids = {id for each in listed for id in (each.asked_by, each.agreed_by) if id}
    names = dict(Member.objects.filter(pk__in=ids).values_list("pk", "pseudonym"))
    return [
        Row(
            each,
            glass.REASONS.get(each.reason, each.reason),
            names.get(each.asked_by, ""),
            names.get(each.agreed_by, "") if each.agreed_by else "",
            each.asked_by == someone.pk,
        )
        for each in listed
    ]


def _glass(row: UUID) -> Glass:
    found: Glass | None = Glass.objects.filter(pk=row).first()
    if found is None:
        raise Http404
    return found


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    sessions.say(session(request), sentence)
    return redirect("desk_emergencies")


urlpatterns = [
    path("emergency/", emergencies, name="desk_emergencies"),
    path("emergency/ask/", ask, name="desk_emergency_ask"),
    path("emergency/<uuid:row>/agree/", agree, name="desk_emergency_agree"),
    path("emergency/<uuid:row>/refuse/", refuse, name="desk_emergency_refuse"),
    path("emergency/<uuid:row>/end/", end, name="desk_emergency_end"),
]
