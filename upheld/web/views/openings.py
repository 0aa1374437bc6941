"""Who on our staff looked, and asking about it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upheld.cases.looked import looked
from upheld.web.doors import door
from upheld.web.people import subject_of


@door("GET", known=True)
def openings(request: HttpRequest) -> HttpResponse:
    """Case by case, the newest first. Nothing is opened for it."""
    page = looked(subject_of(request), before=_entry(request.GET.get("before", "")))
    return render(request, "web/openings.html", {"page": page, "is_first": "before" not in request.GET})


def _entry(text: str) -> UUID | None:
    """What is no entry is the first page."""
    try:
        return UUID(text)
    except ValueError:
        return None
