"""How far it is, without an account: the page behind the link in the letter, once it was answered."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upheld.rights import clocks, links
from upheld.rights.requests.following import LASTS, Followed, follow
from upheld.web import errors, progress
from upheld.web.doors import door

GONE = errors.Trouble(
    "This link serves no more",
    "It is too old, or what it is about is gone, or it was cut short. Write to us, and we say how far it is.",
)


@door("GET")
def follow_request(request: HttpRequest, token: str) -> HttpResponse:
    found = follow(token)
    if not isinstance(found, Followed):
        return errors.page(request, 410, GONE)
    if found.is_erased:
        receipts = [links.to_receipt(subject, until=found.until) for subject in found.subjects]
        return render(request, "web/rights/erased.html", {"receipts": receipts})
    rows = progress.rows(found.requests, until=found.until)
    context = {"rows": rows, "is_moving": progress.is_moving(rows)}
    if progress.is_part(request):
        return render(request, "web/requests/progress.html", context)
    authority = clocks.LAWS[found.requests[0].law].authority
    return render(request, "web/rights/request.html", context | {"authority": authority, "days": LASTS.days})
