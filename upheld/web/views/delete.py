"""Deleting everything: the plan first, then the person shows who they are, then it is done and they have a receipt."""

import logging
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upheld import ledger
from upheld.accounts.answers import TooMany
from upheld.rights import receipts, verbs
from upheld.rights.errors import ReceiptInvalid, StillThere
from upheld.rights.planning import Plan
from upheld.web import errors, proving
from upheld.web.doors import door
from upheld.web.people import account_of, actor

log = logging.getLogger(__name__)


@door("GET", "POST", signed_in=True)
def delete(request: HttpRequest) -> HttpResponse:
    form, proof = proving.prove(request)
    if isinstance(proof, TooMany):
        return errors.too_many(request, proof.retry_after)
    if proof:
        return _erase(request)
    account = account_of(request)
    context = {"form": form, **_told(verbs.plan(account.subject)), **proving.ways(account)}
    return render(request, "web/delete.html", context)


def _told(plan: Plan) -> dict[str, Any]:
    titles = list(dict.fromkeys(title for going in plan.goes for title in going.titles))
    return {"plan": plan, "goes": titles, "others": sum(going.rows for going in plan.goes if not going.titles)}


def _erase(request: HttpRequest) -> HttpResponse:
    """The receipt is shown in the answer itself: there is no session left to keep it in, and no page to find it on."""
    subject, by = account_of(request).subject, actor(request)
    try:
        receipt = verbs.erase(subject, by=by)
    except StillThere as error:
        log.warning("%s", error)
        return _leave(request, "web/said.html", _NOT_FINISHED)
    return _leave(request, "web/receipt.html", {"receipt": receipt, "key": ledger.verifier_key()})


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
