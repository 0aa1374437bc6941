"""Finding what somebody asks about, by what they gave: the answer names numbers and kinds of case, and nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import path

from upheld.cases import finding, kinds, taking
from upheld.cases.errors import TooManySearches
from upheld.cases.finding import Found
from upheld.cases.kinds import KINDS, Kind
from upheld.desk.cases_at import onward
from upheld.desk.doors import desk, member
from upheld.desk.pages import page
from upheld.policy import Refused
from upheld.staff.models import Member
from upheld.web.forms import Form

SALT = "upheld.desk.views.finding"
LASTS = 15 * 60  # seconds for which a case can be started on what was found
TITLES = {"conversation": "Conversation", "order": "Order", "person": "Person", "request": "Request"}
REASONS = {
    "asked_by_carrier": "The carrier asked",
    "asked_by_person": "The person asked",
    "authority": "An authority asked",
    "damaged": "It was damaged",
    "goodwill": "Goodwill",
    "late": "It was late",
    "legal_hold": "A law has us keep something",
    "out_of_stock": "Something was not there",
}


class FindForm(Form):
    what = forms.CharField(
        label="What the person gave you",
        max_length=320,
        help_text="A whole e-mail address, or the number of an order, a conversation, a request or a parcel.",
        error_messages={"required": "Type what the person gave you.", "max_length": "That is longer than any of them."},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class StartForm(Form):
    what = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=40, required=False)


@dataclass(frozen=True, slots=True)
class Way:
    """What the member may do on it: go on with a case that waits, or start one for one of the reasons."""

    kind: Kind
    holder: str = ""
    is_mine: bool = False
    reasons: tuple[tuple[str, str], ...] = ()
    token: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    number: str
    about: UUID
    ways: list[Way]


@desk("GET", "POST")
def find(request: HttpRequest) -> HttpResponse:
    """What was typed is neither shown again nor part of any address, unless there is something to mend in it."""
    form = FindForm.of(request)
    if not form.is_valid():
        return page(request, "desk/finding/find.html", {"form": form}, 422 if form.is_bound else 200)
    return _found(request, form)


def _found(request: HttpRequest, form: FindForm) -> HttpResponse:
    by = member(request)
    try:
        found = finding.find(form.cleaned_data["what"], by=by)
    except TooManySearches as error:
        return page(request, "desk/finding/find.html", {"form": FindForm(), "refusal": str(error)}, 429)
    rows = [Row(TITLES[each.thing], each.number, each.about, list(_ways(each, by))) for each in found]
    return page(request, "desk/finding/find.html", {"form": FindForm(), "found": rows})


@desk("POST", proven=True)
def start(request: HttpRequest) -> HttpResponse:
    """A case about what this very member found a moment ago: what the form says is signed."""
    form = StartForm.of(request)
    given = _read(form.data.get("what", ""), member(request))
    started = taking.start(
        given["kind"], UUID(given["about"]), subject=UUID(given["subject"]), number=given["number"],
        reason=form.data.get("reason", ""), by=member(request),
    )  # fmt: skip
    return onward(request, started, "The case is yours.")


def _ways(found: Found, by: Member) -> Iterator[Way]:
    for name in found.kinds:
        kind, case = KINDS[name], taking.open_case(name, found.about)
        if case is not None and case.taken_by:
            holder = Member.objects.filter(pk=case.taken_by).first()
            yield Way(kind, holder.pseudonym if holder else "Somebody", case.taken_by == by.pk)
        elif case is not None or kinds.matter(name, found.about):
            yield Way(kind)
        else:
            reasons = tuple((each, REASONS.get(each, each.replace("_", " ").capitalize())) for each in kind.reasons)
            yield Way(kind, reasons=reasons, token=_token(found, name, by))


def _token(found: Found, kind: str, by: Member) -> str:
    """Ids only."""
    named = {"kind": kind, "about": str(found.about), "subject": str(found.subject), "number": found.number}
    return signing.dumps({**named, "member": str(by.pk)}, salt=SALT)


def _read(token: str, by: Member) -> dict[str, str]:
    """Raises Refused for what this member did not find, or found too long ago."""
    try:
        given: dict[str, str] = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        given = {}
    if given.get("member") != str(by.pk):
        raise Refused("a case is started on what you found in the last quarter of an hour: find it again")
    return given


urlpatterns = [
    path("find/", find, name="desk_find"),
    path("find/start/", start, name="desk_start"),
]
