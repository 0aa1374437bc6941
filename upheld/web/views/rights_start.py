"""Using one's rights without an account: the address is asked, and the page says the same whoever typed it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.policy.actors import Actor
from upheld.rights.errors import Moved
from upheld.rights.requests.starting import start
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.people import known
from upheld.web.rights_form import STARTED, StartForm, language_of, too_many


@door("GET", "POST")
def begin(request: HttpRequest) -> HttpResponse:
    """Whoever is known here already has all of it on their own pages."""
    if known(request):
        return redirect("requests")
    form = StartForm.of(request)
    if not form.is_valid():
        return render(request, "web/rights/start.html", {"form": form, "rights": STARTED})
    refused = too_many(request, form.cleaned_data["email"])
    if refused is not None:
        return errors.too_many(request, refused.retry_after)
    try:
        start(**form.cleaned_data, language=language_of(request), by=Actor.visitor())
    except Moved:
        return errors.page(request, 503, Retry_After="60")
    return redirect("rights_started")


@door("GET")
def started(request: HttpRequest) -> HttpResponse:
    """The same for everybody: it knows nothing of what was asked, or by whom."""
    return render(request, "web/rights/started.html")
