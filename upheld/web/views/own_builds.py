"""The builds that somebody was given, under `/account/builds/`: each with its number, and what own ones reported."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from upheld import vault
from upheld.accounts import limits
from upheld.api import forgetting
from upheld.builds import issuing, numbers, possession
from upheld.builds.errors import NoLongerGiven, NotKeptHere, TooManyReports, UnknownNumber
from upheld.builds.models import Issued, Release
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.people import account_of, actor
from upheld.web.stamping import stamped
from upheld.web.views.downloads import GONE

if TYPE_CHECKING:
    from upheld.builds.possession import Reported

MOST = 200
FETCHED = limits.Limit("builds.fetched", 60, limits.HOUR)
ELSEWHERE = errors.Trouble(
    "The file of this release is somewhere else", "Your number is under Builds. The release's page names the address."
)


@door("GET", signed_in=True)
def own_builds(request: HttpRequest) -> HttpResponse:
    """The newest ones; all of them are in the copy of a person's data."""
    found = list(Issued.objects.for_subject(account_of(request).subject).order_by("-id")[:MOST])
    opened = vault.open(found, ["number"], by=actor(request), purpose=issuing.PURPOSE)
    releases = Release.objects.in_bulk([row.release for row in found])
    rows = [(row, values["number"], releases.get(row.release)) for row, values in zip(found, opened, strict=True)]
    return render(request, "web/builds/own.html", {"rows": rows, "most": MOST if len(rows) == MOST else 0})


@door("GET", signed_in=True)
def own_build(request: HttpRequest, row: UUID) -> HttpResponse:
    """What it reported; of one that was handed on, its number alone."""
    found = _mine(request, row)
    number = _number(request, found)
    release = Release.objects.filter(pk=found.release).first()
    context = {"row": found, "number": number, "release": release, "seen": None}
    if not found.handed_on:
        context["seen"] = _seen(number)
    return render(request, "web/builds/own_build.html", context)


@door("POST", signed_in=True)
def file(request: HttpRequest, row: UUID) -> HttpResponseBase:
    """The same build once more, with the same number."""
    found = _mine(request, row)
    refused = limits.take([(FETCHED, found.subject.bytes)])
    if refused is not None:
        return errors.too_many(request, refused.retry_after)
    try:
        return stamped(issuing.again(found, by=actor(request)))
    except NoLongerGiven:
        return errors.page(request, 410, GONE)
    except NotKeptHere:
        return errors.page(request, 410, ELSEWHERE)


@door("GET", "POST", signed_in=True)
def stop(request: HttpRequest, row: UUID) -> HttpResponse:
    found = _own(request, row)
    if request.method != "POST":
        return render(request, "web/builds/sure.html", {"row": found, "what": "stop"})
    possession.stop(_signs(request, found), by=actor(request))
    messages.success(request, "This build is stopped. Nothing that it sends is taken any more.")
    return redirect("own_build", row)


@door("GET", "POST", signed_in=True)
def delete(request: HttpRequest, row: UUID) -> HttpResponse:
    found = _own(request, row)
    if request.method != "POST":
        return render(request, "web/builds/sure.html", {"row": found, "what": "delete"})
    signs = _signs(request, found)
    try:
        forgetting.once_more(signs)
    except TooManyReports as error:
        return errors.too_many(request, error.retry_after)
    possession.forget(signs, by=actor(request))
    messages.success(request, "All that this build reported is deleted.")
    return redirect("own_build", row)


def _mine(request: HttpRequest, row: UUID) -> Issued:
    found: Issued | None = Issued.objects.for_subject(account_of(request).subject).filter(pk=row).first()
    if found is None:
        raise Http404
    return found


def _own(request: HttpRequest, row: UUID) -> Issued:
    """One that was not handed on: what others' builds report is theirs to stop and delete, by the number."""
    found = _mine(request, row)
    if found.handed_on:
        raise Http404
    return found


def _number(request: HttpRequest, row: Issued) -> str:
    return vault.open(row, ["number"], by=actor(request), purpose=issuing.PURPOSE)["number"] or ""


def _signs(request: HttpRequest, row: Issued) -> str:
    return numbers.read(_number(request, row))


def _seen(number: str) -> "Reported | None":
    try:
        return possession.see(numbers.read(number))
    except UnknownNumber:  # of a product that the policy names no more
        return None
