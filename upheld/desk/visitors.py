"""Who asks for a page of the desk, as its door found them."""

from typing import cast

from django.http import HttpRequest

from upheld.staff.models import DeskSession, Member


def visitor(request: HttpRequest) -> DeskSession | None:
    """The session of whoever is there, if they have one; somebody on the way in is no member yet."""
    return cast("DeskSession | None", request.desk_session)  # type: ignore[attr-defined]  # set by the door


def session(request: HttpRequest) -> DeskSession:
    """The browser's session at the desk; only behind a door that does not let in anyone."""
    found = visitor(request)
    assert found is not None
    return found


def member(request: HttpRequest) -> Member:
    """Who is there; only behind a door that asks for it."""
    found = session(request).member
    assert found is not None
    return found


def is_by_itself(request: HttpRequest) -> bool:
    """Whether the page asks, and nobody who looks at it."""
    return "X-Desk-By-Itself" in request.headers
