"""The link in the letter that asks whether a request is theirs: it says yes, or that it was somebody else."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.erasure import waiting
from upheld.rights.models import Request, Right
from upheld.rights.reasons import RIGHTS
from upheld.rights.requests.following import followable
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.views.delete import settled, told

GONE = errors.Trouble(
    "This link serves no more",
    "The request was answered already, or is older than seven days, or the link was cut short. If you still want it, "
    "write to us again.",
)


@door("GET", "POST")
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """Looking changes nothing: programs that look for bad links open every link of a letter."""
    not_me = "not_me" in request.POST
    if request.method != "POST":
        found = verbs.asked(secret)
    elif not_me:
        found = verbs.disown(secret, by=Actor.visitor())
    else:
        found = verbs.confirm(secret, settle=settled(request), by=Actor.visitor())
    if not found:
        return render(request, "web/confirming/gone.html", {"trouble": GONE, "followed": _followed(secret)}, status=410)
    context = {"wanted": _wanted(found), "said": request.method == "POST", "not_me": not_me, "first": found[0]}
    if {Right.ACCESS, Right.ERASURE} <= {each.right for each in found}:
        context["copy_until"] = waiting.copy_over_by()
    if request.method != "POST":
        context |= _orders(found)
    return render(request, "web/confirming/confirm.html", context | {"followed": _followed(secret)})


def _followed(secret: str) -> str:
    """Where they see how far it is; empty for a link that is none of ours."""
    token = followable(secret)
    return reverse("follow_request", args=[token]) if token else ""


def _orders(found: Sequence[Request]) -> dict[str, object]:
    """What is asked about orders that are not over yet, when everything is to be deleted."""
    subjects = [each.subject for each in found if each.right == Right.ERASURE]
    plan = next((plan for plan in map(verbs.plan, subjects) if plan.open_orders), None)
    return told(plan) if plan else {}


def _wanted(found: Sequence[Request]) -> list[str]:
    """What was asked for, once each: it may be about several orders that hold the address."""
    return list(dict.fromkeys(str(RIGHTS[each.right]) for each in found))
