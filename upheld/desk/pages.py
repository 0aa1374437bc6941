"""A page of the desk: its own frame, with the member's queues in the menu and what was just done above the content."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from upheld.cases.kinds import KINDS
from upheld.desk.visitors import is_by_itself, member, session, visitor
from upheld.policy import force
from upheld.policy.standing import CATALOGUE, MEMBERS, NEWS, OVERSIGHT, RELEASES
from upheld.staff import acting, sessions
from upheld.staff.models import Member
from upheld.web import errors
from upheld.web.errors import Trouble


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the menu."""

    address: str
    title: str


# What is about nobody, by the kind of work that a job must be there for.
WORK = (
    (NEWS, ("desk_news", "News")),
    (CATALOGUE, ("desk_catalogue", "Products")),
    (RELEASES, ("desk_releases", "Releases")),
    (RELEASES, ("desk_usage", "Usage")),
    (MEMBERS, ("desk_members", "Staff")),
    (OVERSIGHT, ("desk_oversight", "Oversight")),
)
MONEY, PARCELS = ("dispute", "refund"), "shipment"


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A whole page for a member who is signed in; `template` extends desk/base.html."""
    # What was just done is for somebody to read, and not for a part that asks by itself.
    said = "" if is_by_itself(request) or is_part(request) else sessions.said(session(request))
    shown = {**_frame(member(request)), "said": said}
    return render(request, template, {**shown, **(context or {})}, status=status)


def wrong(request: HttpRequest, status: int, trouble: Trouble | None = None) -> HttpResponse:
    """What did not work, in the desk's frame for a member who is signed in, and else in the shop's."""
    found, match = visitor(request), request.resolver_match
    if found is None or found.member is None:
        return errors.page(request, status, trouble)
    kind = match.kwargs.get("kind", "") if match else ""
    queues = _queues((kind,)) if acting.works_on(found.member, kind) else []
    shown = {"trouble": trouble or errors.TROUBLES[status], "status": status, "own": queues}
    return render(request, "desk/wrong.html", {**_frame(found.member), **shown}, status=status)


def part(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A part of a page, which htmx swaps in."""
    return render(request, template, dict(context or {}), status=status)


def is_part(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def _frame(member: Member) -> dict[str, Any]:
    """Who is there, and where they may go."""
    return {
        "member": member,
        "jobs": [job.title or name for name, job in force.in_force().jobs.items() if name in member.jobs],
        "queues": _queues(acting.kinds_of(member)),
        "places": _places(acting.kinds_of(member)),
    }


def _queues(kinds: tuple[str, ...]) -> list[Place]:
    return [Place(reverse("desk_queue", args=[kind]), KINDS[kind].title) for kind in kinds if kind in KINDS]


def _places(kinds: tuple[str, ...]) -> list[Place]:
    found = [("desk_find", "Find")]
    if PARCELS in kinds:
        found.append(("desk_parcels", "Pack and ship"))
    if set(MONEY) & set(kinds):
        found.append(("desk_money", "Money"))
    found += [place for kind, place in WORK if kind in kinds]
    found += [("desk_emergencies", "Emergency"), ("desk_policy", "Policy"), ("letters", "Letters")]
    return [Place(reverse(name), title) for name, title in found]
