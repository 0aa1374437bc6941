"""The link in the letter that says that a copy is ready: a code goes to the address, and for the code, the copy."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from upheld.accounts.answers import TooMany
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.answers import CopyGone
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.forms import CodeForm
from upheld.web.zips import zip_of

GONE = errors.Trouble(
    "This link serves no more",
    "The copy was fetched already, or was begun three times, or is older than seven days, or the link was cut short. "
    "If you still want one, write to us again, or sign in and download it there.",
)


@door("GET", "POST")
def copy(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Made while it is sent, once; no copy is left here."""
    if not verbs.copy(secret):
        return errors.page(request, 410, GONE)
    form = CodeForm.of(request)
    if form.is_valid():
        found = verbs.fetch(secret, form.cleaned_data["code"], by=Actor.visitor())
        if isinstance(found, verbs.Copy):
            return zip_of(found.pieces)
        if isinstance(found, CopyGone):
            return errors.page(request, 410, GONE)
        if isinstance(found, TooMany):
            return errors.too_many(request, found.retry_after)
        form.refuse(found.sentence, "code")
    return render(request, "web/confirming/copy.html", {"form": form})


@door("POST")
def send_code(request: HttpRequest, secret: str) -> HttpResponseBase:
    sent = verbs.begin_fetch(secret, by=Actor.visitor())
    if isinstance(sent, CopyGone):
        return errors.page(request, 410, GONE)
    if isinstance(sent, TooMany):
        return errors.too_many(request, sent.retry_after)
    messages.info(request, "A code is on its way to the address that the link came to. One before it counts no more.")
    return redirect("copy", secret)
