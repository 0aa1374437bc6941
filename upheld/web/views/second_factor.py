"""A code from an app as the second step of signing in, and recovery codes for when the app is lost."""

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe

from upheld.accounts import presence, verbs
from upheld.accounts.answers import TooMany
from upheld.accounts.presence import Proof
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.forms import CodeForm
from upheld.web.people import account_of, actor, session
from upheld.web.views.security import BACK


@door("GET", "POST", signed_in=True, proven=True)
def begin(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        verbs.begin_totp(account_of(request), proof=_proof(request), by=actor(request))
        return redirect("totp_code")
    context = {
        "heading": "A code from an app",
        "lead": "Signing in with your password then also asks for six digits that an app on your phone shows. Any "
        "authenticator app will do. You get recovery codes for the day on which you lose it.",
        "act": "Begin",
        **BACK,
    }
    return render(request, "web/ask.html", context)


@door("GET", "POST", signed_in=True, proven=True)
def code(request: HttpRequest) -> HttpResponse:
    account, by = account_of(request), actor(request)
    form = CodeForm.of(request)
    if form.is_valid():
        codes = verbs.confirm_totp(account, **form.cleaned_data, by=by)
        if isinstance(codes, list):
            return render(request, "web/recovery_codes.html", {"codes": codes})
        if isinstance(codes, TooMany):
            return errors.too_many(request, codes.retry_after)
        form.refuse(codes.sentence, "code")
    setup = verbs.unconfirmed_totp(account, by=by)
    if setup is None:
        return redirect("security")
    return render(request, "web/totp.html", {"form": form, "qr": drawn(setup.uri), "secret": grouped(setup.secret)})


@door("GET", "POST", signed_in=True, proven=True)
def recovery(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    if not verbs.has_second_factor(account):
        return redirect("security")
    if request.method == "POST":
        codes = verbs.make_recovery_codes(account, proof=_proof(request), by=actor(request))
        return render(request, "web/recovery_codes.html", {"codes": codes})
    lead = f"You have {verbs.recovery_codes_left(account)} left. They stop counting when there are new ones."
    return render(
        request, "web/ask.html", {"heading": "New recovery codes", "lead": lead, "act": "Make new codes", **BACK}
    )


@door("GET", "POST", signed_in=True, proven=True)
def remove(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        verbs.remove_totp(account_of(request), proof=_proof(request), by=actor(request))
        messages.success(request, "Signing in with your password no longer asks for a code.")
        return redirect("security")
    context = {
        "heading": "Turn off the code from an app?",
        "lead": "Your password alone will then be enough to sign in. Your recovery codes go too.",
        "act": "Turn it off",
        **BACK,
    }
    return render(request, "web/ask.html", context)


def _proof(request: HttpRequest) -> Proof:
    proof = presence.proof(session(request), account_of(request))
    assert proof  # the door saw to it
    return proof


def drawn(uri: str) -> SafeString:
    """The QR code as SVG of our own making: it holds the secret, and is sent nowhere but into the page."""
    drawing = segno.make(uri, error="m", micro=False).svg_inline(scale=5, border=2, svgclass=None, lineclass=None)
    return mark_safe(drawing.replace("<svg ", '<svg role="img" aria-label="QR code for your app" ', 1))  # noqa: S308 - drawn here


def grouped(secret: str) -> str:
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
