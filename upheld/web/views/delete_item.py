"""Deleting one thing: the page says what goes and what stays, asks once, and hands over a receipt."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld import ledger
from upheld.accounts import limits
from upheld.ledger.errors import NotSequenced
from upheld.rights import verbs
from upheld.rights.erasure import deleting
from upheld.rights.erasure.deleting import NotDeletable
from upheld.rights.erasure.planning import staying_of
from upheld.rights.errors import NotHeld
from upheld.rights.seen import records
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.people import person, subject_of
from upheld.web.views.receipts import OWN


@door("GET", "POST", known=True)
def delete_item(request: HttpRequest, label: str, row: UUID) -> HttpResponse:
    subject = subject_of(request)
    try:
        if request.method == "POST":
            return _deleted(request, subject, label, row)
        found = deleting.find(subject, label, row)
    except NotHeld:
        raise Http404 from None
    context = {
        "title": records.title(label),
        "said": records.Said(subject, [found]).of(found),
        "why_not": deleting.can_delete(found),
        "stays": staying_of(subject, row),
        "path": request.path,
    }
    return render(request, "web/delete_item.html", context)


def _deleted(request: HttpRequest, subject: UUID, label: str, row: UUID) -> HttpResponse:
    answer = verbs.delete_item(subject, label=label, row=row, by=person(request))
    if isinstance(answer, NotDeletable):
        messages.error(request, answer.sentence)
        return redirect("data")
    return redirect("item_deleted", answer.entry)


@door("GET", known=True)
def item_deleted(request: HttpRequest, entry: UUID) -> HttpResponse:
    """What was deleted, looked for once more, with the receipt. Made from the record each time, and kept nowhere."""
    subject = subject_of(request)
    refused = limits.take([(OWN, subject.bytes)])
    if refused is not None:
        return errors.too_many(request, refused.retry_after)
    try:
        receipt = deleting.receipt(subject, entry)
    except NotHeld:
        raise Http404 from None
    except NotSequenced:
        return errors.page(request, 503, Retry_After="5")
    return render(request, "web/item_deleted.html", {"receipt": receipt, "key": ledger.verifier_key()})
