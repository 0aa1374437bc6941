"""Receipts: by the link in a letter, for whoever saw no page; and from the list of one's requests."""

from contextlib import suppress
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from upheld import ledger
from upheld.accounts import limits
from upheld.ledger.errors import NotSequenced
from upheld.rights import links, verbs
from upheld.rights.errors import NotHeld, StillThere
from upheld.rights.models import Request, State
from upheld.rights.papers import receipting
from upheld.rights.papers.receipts import Receipt
from upheld.rights.reasons import SENTENCES, STATES
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.people import subject_of

NO_LINK = errors.Trouble(
    "This link is not one of ours",
    "It may have been cut short: copy the whole of it from the letter. One from a page ends with that page.",
)
BY_LINK = limits.Limit("rights.receipt_by_link", 30, limits.HOUR)
OWN = limits.Limit("rights.own_receipts", 60, limits.HOUR)  # of somebody who is there, all of theirs together
UNDER_WAY = {
    "heading": "It is under way",
    "text": "What we held about you is being deleted now. Open this page again in a few minutes: your receipt is here "
    "once all of it is gone.",
    "to": "/",
    "act": "First page",
}


@door("GET")
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Made anew from the record, which is all that there may be of them."""
    found = links.named(token)
    if found is None:
        return errors.page(request, 404, NO_LINK)
    subject, asked = found
    # By what it leads to: there may be many links to the same.
    refused = limits.take([(BY_LINK, subject.bytes + (asked.bytes if asked else b""))])
    if refused is not None:
        return errors.too_many(request, refused.retry_after)
    try:
        made = _of(subject, asked) if asked else verbs.receipt(subject)
    except (NotHeld, StillThere, NotSequenced):
        return render(request, "web/said.html", UNDER_WAY)
    context = {"receipt": made, "key": ledger.verifier_key(), "by_link": True}
    return render(request, "web/receipts/request.html" if asked else "web/receipt.html", context | _words(made))


@door("GET", known=True)
def of_request(request: HttpRequest, row: UUID) -> HttpResponse:
    """The file, for whoever is there: it says where the request stands now."""
    found: Request | None = Request.objects.filter(subject=subject_of(request), pk=row).first()
    if found is None:
        raise Http404
    refused = limits.take([(OWN, found.subject.bytes)])
    if refused is not None:
        return errors.too_many(request, refused.retry_after)
    try:
        return file(receipting.of_request(found))
    except NotSequenced:  # the newest step gets its place within seconds
        return errors.page(request, 503, Retry_After="5")


def file(receipt: Receipt) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{receipt.filename}"'}
    return HttpResponse(receipt.text, content_type="text/plain; charset=utf-8", headers=headers)


def _words(receipt: Receipt) -> dict[str, str]:
    why = receipt.steps[-1].reason
    return {"state": str(STATES[State(receipt.state)]), "why": str(SENTENCES[why]) if why else ""}


def _of(subject: UUID, asked: UUID) -> Receipt:
    """Of an erasure that is done, the last word is not in the request's steps."""
    row: Request | None = Request.objects.filter(subject=subject, pk=asked).first()
    if row is not None:
        return receipting.of_request(row)
    with suppress(NotHeld, StillThere):
        erased = verbs.receipt(subject)
        if erased.request == asked:
            return erased
    return receipting.of_record(subject, asked)
