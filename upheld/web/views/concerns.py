"""Telling us that something is wrong: from every page, signed in or not, with or without JavaScript."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld import vault
from upheld.cases import looked
from upheld.cases.looked import Look
from upheld.orders.models import Order
from upheld.policy import Promise, force
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.models import Request
from upheld.web import errors, writing
from upheld.web.doors import door
from upheld.web.people import known, session
from upheld.web.writing import ConcernForm, VisitorsConcernForm

CONCERN = "concern"


@door("GET", "POST")
def concern(request: HttpRequest) -> HttpResponse:
    subject = known(request)
    form = (ConcernForm if subject else VisitorsConcernForm).of(request)
    if form.is_valid():
        email = form.cleaned_data.get("email", "")
        whose = subject.bytes if subject else b""
        refused = writing.too_many(request, whose=whose, email=vault.digest("email", email) if email else b"")
        if refused is not None:
            return errors.too_many(request, refused.retry_after)
        raised = _raise(request, form)
        days = [moment.date().isoformat() for moment in (raised.asked_at, raised.due_at)]
        session(request)[CONCERN] = [raised.number, *days]
        return redirect("concern_received")
    form.initial = _initial(request)
    return render(request, "web/concern/concern.html", {"form": form})


@transaction.atomic
def _raise(request: HttpRequest, form: ConcernForm) -> Request:
    given = dict(form.cleaned_data)
    subject, email = known(request), given.pop("email", "")
    by = Actor.person(subject) if subject else Actor.visitor()
    return verbs.raise_concern(subject or verbs.writer(email, by=by), **given, way="site", by=by)


def _initial(request: HttpRequest) -> dict[str, str]:
    """What the link that led here says that it is about: a promise, an order of theirs, or that staff looked."""
    about, subject = request.GET.get("about", ""), known(request)
    mine = Order.objects.placed().for_subject(subject) if subject else []
    numbers = {order.number for order in mine} & {request.GET.get("order", "")}
    look = _look(subject, request.GET.get("entry", "")) if subject else None
    promise = Promise.JOB_BOUND if look else about
    return {
        "promise": promise if promise in force.in_force().promises else "",
        "text": "".join(f"About my order {number}:\n\n" for number in numbers) or _about(look),
    }


def _look(subject: UUID, entry: str) -> Look | None:
    try:
        return looked.look(subject, UUID(entry))
    except ValueError:
        return None


def _about(look: Look | None) -> str:
    """When, who and what, and by which entry of the log the privacy officer finds it."""
    if look is None:
        return ""
    seen = f"{look.way.lower()}: {', '.join(look.titles)}"
    when = f"{look.at:%-d %B %Y, %H:%M} UTC"
    return f"About {when}, {look.who}, {look.case}, {seen} (entry {look.entry}).\n\n"


@door("GET")
def received(request: HttpRequest) -> HttpResponse:
    """Its number and date, for as long as this browser's session remembers it."""
    number, *days = session(request).get(CONCERN, ["", "", ""])
    if not number:
        return redirect("concern")
    asked, due = (date.fromisoformat(day) for day in days)
    context = {"number": number, "asked": asked, "due": due, "known": known(request)}
    return render(request, "web/concern/received.html", context)
