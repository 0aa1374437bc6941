"""For the privacy officer: what was out of the ordinary, and who was meant."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from upheld.cases import counting, glass, noticing, telling
from upheld.cases.kinds import KINDS
from upheld.cases.models import Case, Glass, Oddity
from upheld.desk.doors import desk, member, session
from upheld.desk.pages import page
from upheld.desk.views.emergency import rows
from upheld.ledger.models import Entry
from upheld.policy.acts import Act
from upheld.policy.standing import OVERSIGHT
from upheld.staff import resolving, sessions
from upheld.staff.errors import NoSuchMember
from upheld.staff.models import Member
from upheld.web.forms import Form

DONE = {Act.FIELD_OPEN: "Opened", Act.FIELD_COPY: "Copied", Act.FIELD_PRINT: "Printed"}
MOST = 100  # reports on the page; those that are closed make room


class NameForm(Form):
    pseudonym = forms.CharField(
        label="Pseudonym",
        max_length=12,
        help_text="Such as S-7KQ4M. That you asked is on record.",
        error_messages={"required": "Type a pseudonym.", "max_length": "That is longer than any of them."},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


@desk("GET", kind=OVERSIGHT)
def oversight(request: HttpRequest) -> HttpResponse:
    return _page(request, NameForm())


@desk("POST", kind=OVERSIGHT, proven=True)
def name(request: HttpRequest) -> HttpResponse:
    """Who is behind a pseudonym: shown in this very answer, and kept nowhere."""
    form = NameForm.of(request)
    if form.is_valid():
        try:
            named = resolving.resolve(form.cleaned_data["pseudonym"], by=member(request))
        except NoSuchMember:
            form.refuse("Nobody has this pseudonym.", "pseudonym")
        else:
            called = resolving.called(form.cleaned_data["pseudonym"])
            return _page(request, NameForm(), named=(called.pseudonym, named))
    return _page(request, form, 422)


@desk("POST", kind=OVERSIGHT, proven=True)
def close(request: HttpRequest, row: UUID) -> HttpResponse:
    found = Oddity.objects.filter(pk=row).first()
    if found is None:
        raise Http404
    noticing.close(found, outcome=request.POST.get("outcome", ""), by=member(request))
    return _done(request, "The report is closed.")


@desk("POST", kind=OVERSIGHT, proven=True)
def review(request: HttpRequest, row: UUID) -> HttpResponse:
    found = Glass.objects.filter(pk=row).first()
    if found is None:
        raise Http404
    glass.review(found, outcome=request.POST.get("outcome", ""), by=member(request))
    return _done(request, f"The review of {found.number} is closed.")


def _page(request: HttpRequest, form: NameForm, status: int = 200, **more: Any) -> HttpResponse:
    reports = Oddity.objects.filter(closed_at=None).order_by("-at", "-id")
    today = counting.today()
    names = _names([*(each.member for each in reports[:MOST]), *(each.member for each in today)])
    cases = _cases(each.case for each in reports[:MOST])
    context = {
        "form": form,
        "reviews": [(each, _opened(each.glass)) for each in rows(glass.unreviewed(), member(request))],
        "review_outcomes": glass.OUTCOMES,
        "reports": [
            (each, names.get(each.member, ""), telling.in_words(each), cases.get(each.case, ""))
            for each in reports[:MOST]
        ],
        "waiting": reports.count(),
        "outcomes": noticing.OUTCOMES,
        "today": [(each, names[each.member]) for each in today if each.member in names],  # the checks' clerk is none
        **more,
    }
    return page(request, "desk/oversight/oversight.html", context, status=status)


def _names(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Member.objects.filter(pk__in=set(ids)).values_list("pk", "pseudonym"))


def _cases(named: Iterable[str]) -> dict[str, str]:
    """What is called kind:id, by its kind in words and its number; by its id where nobody ever took it."""
    wanted = {each: each.partition(":") for each in named if each}
    taken = Case.objects.filter(about__in={id for _, _, id in wanted.values()}).order_by("id")
    numbers = {f"{each.kind}:{each.about}": each.number for each in taken}
    return {each: f"{KINDS[kind].title} {numbers.get(each) or id}" for each, (kind, _, id) in wanted.items()}


def _opened(one: Glass) -> list[tuple[Entry, str, str]]:
    """Each entry, what was done, and to which fields of which kind of row."""
    return [
        (each, DONE[Act(each.act)], f"{each.facts['row'].partition(':')[0]}: {', '.join(each.facts['fields'])}")
        for each in glass.opened_in(one)
    ]


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    sessions.say(session(request), sentence)
    return redirect("desk_oversight")


urlpatterns = [
    path("oversight/", oversight, name="desk_oversight"),
    path("oversight/name/", name, name="desk_name"),
    path("oversight/reports/<uuid:row>/close/", close, name="desk_close_report"),
    path("oversight/emergencies/<uuid:row>/review/", review, name="desk_review"),
]
