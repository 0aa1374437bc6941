"""What programs look for at fixed addresses."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from upheld.policy import force
from upheld.web.doors import door

ROBOTS = """User-agent: *
Disallow: /account/
Disallow: /reset/
Disallow: /sign-in/
Disallow: /sign-up/
Disallow: /stop/
"""


@door("GET")
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS, content_type="text/plain", headers={"Cache-Control": "public, max-age=86400"})


@door("GET")
def change_password(request: HttpRequest) -> HttpResponse:
    """Where password managers send people (W3C, A Well-Known URL for Changing Passwords)."""
    return redirect("password")


@door("GET")
def privacy_control(request: HttpRequest) -> HttpResponse:
    """That `Sec-GPC` is honoured (W3C, Global Privacy Control, section 4), as of the policy in force."""
    said = {"gpc": True, "lastUpdate": force.in_force().effective.isoformat()}
    return JsonResponse(said, headers={"Cache-Control": "public, max-age=86400"})
