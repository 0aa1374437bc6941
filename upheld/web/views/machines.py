"""What programs look for at fixed addresses."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from upheld.web.doors import door

ROBOTS = """User-agent: *
Disallow: /account/
Disallow: /reset/
Disallow: /sign-in/
Disallow: /sign-up/
"""


@door("GET")
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS, content_type="text/plain", headers={"Cache-Control": "public, max-age=86400"})


@door("GET")
def change_password(request: HttpRequest) -> HttpResponse:
    """Where password managers send people (W3C, A Well-Known URL for Changing Passwords)."""
    return redirect("password")
