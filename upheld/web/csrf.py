"""Django's protection of forms, for a site whose pages tell browsers to name no referrer.

With `Referrer-Policy: no-referrer` a browser posts a form with `Origin: null` and no Referer (Fetch, "append a request
Origin header"), which Django refuses. `Sec-Fetch-Site` (W3C Fetch Metadata) still says where the request was made: the
browser sets it, no page can, and only a page of this very origin gives `same-origin`; a sandboxed frame or another
site does not. The token is asked for as ever.
"""

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware


def from_this_site(request: HttpRequest) -> bool:
    return request.is_secure() and request.headers.get("Sec-Fetch-Site") == "same-origin"


class Csrf(CsrfViewMiddleware):
    """Also takes a request without an origin when the browser says that a page of this origin made it."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.headers.get("Origin") == "null":
            return from_this_site(request)
        return bool(super()._origin_verified(request))  # type: ignore[misc]  # not in the stubs

    def _check_referer(self, request: HttpRequest) -> None:
        if "Referer" in request.headers or not from_this_site(request):
            super()._check_referer(request)  # type: ignore[misc]  # not in the stubs
