"""`Sec-GPC: 1`, the Global Privacy Control (W3C, https://www.w3.org/TR/gpc/): a browser's word for its owner.

It asks that nothing be sold or shared. Nothing is, whoever asks. But whoever sends it does not want to be sold to
either, and so it refuses, for a person who has not said otherwise, the topics that are for selling. What they say
themselves on the page of choices counts more, before and after.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from upheld.contact import verbs
from upheld.web.people import account_of, actor

HEADER = "Sec-GPC"
HEEDED = "gpc"  # in the session: asked about once


def is_sent(request: HttpRequest) -> bool:
    """The one value that means something (section 3.2)."""
    return request.headers.get(HEADER) == "1"


class PrivacyControl:
    """Heeds it at the first request of a session that carries it, which after a sign-up is the page that follows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_sent(request) and request.user.is_authenticated and HEEDED not in request.session:
            verbs.heed_privacy_control(account_of(request).subject, by=actor(request))
            request.session[HEEDED] = True
        return self.get_response(request)
