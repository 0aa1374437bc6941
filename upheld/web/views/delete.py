"""Deleting everything: the plan first, then the person shows who they are, then it is done and they have a receipt; or
it waits, and until it begins they can take it back."""

import logging
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from upheld import ledger
from upheld.accounts.answers import TooMany
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.erasure import keep_links
from upheld.rights.erasure.planning import Plan
from upheld.rights.erasure.waiting import CANCEL, DELIVERED_WITHIN
from upheld.rights.errors import ReceiptInvalid, StillThere, Waits
from upheld.rights.models import ErasureRequest
from upheld.rights.papers import receipts
from upheld.web import errors, proving
from upheld.web.doors import door
from upheld.web.people import account_of, person, subject_of

log = logging.getLogger(__name__)
KEPT = "You took it back. Nothing was deleted."
NO_KEEPING = errors.Trouble(
    "This link serves no more",
    "The deletion was taken back already, or it has begun, or the link was cut short. Copy the whole of it from the "
    "letter, or sign in to see what is held about you.",
)


@door("GET", "POST", signed_in=True)
def delete(request: HttpRequest) -> HttpResponse:
    form, proof = proving.prove(request)
    if isinstance(proof, TooMany):
        return errors.too_many(request, proof.retry_after)
    if proof:
        return erased(request, account_of(request).subject)
    account = account_of(request)
    context = {"form": form, **told(verbs.plan(account.subject)), **proving.ways(account)}
    return render(request, "web/delete.html", context)


def told(plan: Plan) -> dict[str, Any]:
    titles = list(dict.fromkeys(title for going in plan.goes for title in going.titles))
    return {
        "plan": plan,
        "goes": titles,
        "others": sum(going.rows for going in plan.goes if not going.titles),
        "asked": ErasureRequest.objects.filter(subject=plan.subject).first(),
        "days": DELIVERED_WITHIN.days,
    }


def erased(request: HttpRequest, subject: UUID) -> HttpResponse:
    """The receipt is shown in the answer itself: there is no session left to keep it in, and no page to find it on.
    While it waits, whoever asked stays who they are."""
    try:
        receipt = verbs.erase(subject, settle=settled(request), by=Actor.person(subject))
    except Waits:
        return redirect(request.path)
    except StillThere as error:
        log.warning("%s", error)
        return _leave(request, "web/said.html", _NOT_FINISHED)
    return _leave(request, "web/receipt.html", {"receipt": receipt, "key": ledger.verifier_key()})


def settled(request: HttpRequest) -> str:
    """What becomes of open orders; whatever is no such choice is the first one."""
    wanted = request.POST.get("settle", "")
    return wanted if wanted in ErasureRequest.SETTLES else CANCEL


@door("POST", known=True)
def keep(request: HttpRequest) -> HttpResponse:
    """Whoever is there takes back what they asked for."""
    kept = verbs.keep(subject_of(request), by=person(request))
    if kept is True:
        messages.success(request, KEPT)
    else:
        messages.error(request, kept.sentence)
    return redirect("data")


@door("GET", "POST")
def keep_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link in our letter: looking changes nothing, since programs open every link of a letter."""
    asked = keep_links.read(token)
    if asked is None:
        return errors.page(request, 410, NO_KEEPING)
    if request.method != "POST":
        return render(request, "web/keep.html", {"asked": asked})
    if not verbs.keep(asked.subject, by=Actor.person(asked.subject)):
        return errors.page(request, 410, NO_KEEPING)
    context = {"heading": "Nothing is deleted", "text": KEPT, "to": reverse("home"), "act": "First page"}
    return render(request, "web/said.html", context)


_NOT_FINISHED = {
    "heading": "It is under way",
    "text": "What is held about you can be read no more. Some of it could not be removed at once, and the rest "
    "follows by itself.",
    "to": "/",
    "act": "First page",
}


def _leave(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    request.session.flush()
    request.user = AnonymousUser()
    return render(request, template, context)


@door("POST")
def receipt(request: HttpRequest) -> HttpResponse:
    """Hands a receipt back as a file, for browsers without JavaScript; only what this site signed."""
    try:
        text = receipts.verify(request.POST.get("receipt", "").replace("\r\n", "\n").encode()).text
    except ReceiptInvalid:
        return errors.page(request, 400)
    headers = {"Content-Disposition": 'attachment; filename="receipt.txt"'}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
