"""What people read when something did not work: what to do now, and never what they typed."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


@dataclass(frozen=True, slots=True)
class Trouble:
    title: str
    remedy: str


TROUBLES: Mapping[int, Trouble] = {
    400: Trouble("We could not read that request", "Go back, load the page again, and send it once more."),
    403: Trouble("That is not open to you", "If you think that it should be, write to us."),
    404: Trouble("There is no page here", "The address may have changed, or been mistyped. Start from the first page."),
    405: Trouble("This page cannot be used in that way", "Open it from a link or from its own form."),
    410: Trouble("There is nothing here any more", "It is too old, or everything about it was deleted."),
    413: Trouble("That was too much at once", "Send less than one megabyte."),
    429: Trouble("Too many tries for now", "Nothing was changed. Wait a little, then try again."),
    500: Trouble(
        "Something went wrong on our side",
        "Nothing half done was kept. Try again in a moment; if it stays like this, write to us.",
    ),
    503: Trouble("We cannot answer just now", "Nothing was changed. Try again in a moment."),
}
USE_REFUSED = Trouble(
    "You had us stop using your data for this",
    "Nothing was done. To go on, allow this use again in your account, under Requests, then try once more.",
)
ON_HOLD = Trouble(
    "A law has us keep this for now",
    "Nothing was deleted. We wrote to you until when; after that day, delete it once more.",
)
_FORM_EXPIRED = Trouble(
    "This form can no longer be sent",
    "It was open for too long, or cookies are off for this site. Go back, load the page again, and send it once more.",
)

SOON = 30  # seconds until it makes sense to try again
MIGRATING = frozenset({"42703", "42P01"})
"""PostgreSQL's codes for a column and for a table that is not there (appendix A)."""


def page(request: HttpRequest | None, status: int, trouble: Trouble | None = None, **headers: str) -> HttpResponse:
    """An error page. It is given nothing of the request but whether there is one, so that it cannot show any."""
    content = render_to_string("web/error.html", {"trouble": trouble or TROUBLES[status], "status": status}, request)
    return HttpResponse(content, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """Rate limited; `seconds` until it makes sense to try again."""
    minutes = -(-seconds // 60)
    wait = f"{minutes} minutes" if minutes > 1 else "a minute"
    trouble = Trouble(TROUBLES[429].title, f"Nothing was changed. Wait {wait}, then try again.")
    return page(request, 429, trouble, Retry_After=str(max(seconds, 1)))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request, whose session or policy may be what failed. Called while the error is handled."""
    return page(None, 503, Retry_After=str(SOON)) if _is_away(sys.exc_info()[1]) else page(None, 500)


def _is_away(error: BaseException | None) -> bool:
    """Whether it is the database that cannot answer now: it is gone, or kept by somebody else, or being migrated, so
    that a table or a column is not there. Of what was sent, nothing was kept."""
    if isinstance(error, ProgrammingError):
        return getattr(error.__cause__, "sqlstate", "") in MIGRATING
    return isinstance(error, InterfaceError | OperationalError)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, 403, _FORM_EXPIRED)
