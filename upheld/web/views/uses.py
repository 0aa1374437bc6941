"""What a person's data are used for: each use that can be stopped, stopped or allowed again by one button."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.policy import force
from upheld.rights import restricting as rights
from upheld.vault import restricting
from upheld.vault.models import Restriction
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.people import person, subject_of

STOP, ALLOW, ALL = "stop", "allow", "all"


@door("GET", "POST", known=True)
def uses(request: HttpRequest) -> HttpResponse:
    """A button says which use it is about, so that an old page in another tab changes nothing else."""
    subject = subject_of(request)
    if request.method != "POST":
        return render(request, "web/requests/uses.html", {"uses": _uses(subject)})
    known = restricting.may_be(force.in_force())
    stop, allow = (_named(request.POST.get(name, ""), known) for name in (STOP, ALLOW))
    if not stop and not allow:
        return errors.page(request, 400)
    if stop:
        stopped = rights.restrict(subject, stop, by=person(request))
        messages.success(request, "From now on your data are not used for it." if stopped else "It was stopped before.")
    else:
        allowed = rights.lift(subject, allow, by=person(request))
        messages.success(request, "Your data may be used for it again." if allowed else "Nothing was stopped.")
    return redirect("uses")


def _named(wanted: str, known: tuple[str, ...]) -> tuple[str, ...]:
    return known if wanted == ALL else tuple(name for name in known if name == wanted)


def _uses(subject: UUID) -> list[dict[str, Any]]:
    policy = force.in_force()
    standing = {each.purpose: each for each in Restriction.objects.filter(subject=subject)}
    return [
        {"name": name, "title": each.title or name, "why": each.why, "stopped": standing.get(name)}
        for name in restricting.may_be(policy)
        for each in [policy.purposes[name]]
    ]
