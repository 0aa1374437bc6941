"""Signing in, by password and code or by passkey, and signing out."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse

from upheld.accounts import presence, verbs
from upheld.accounts.answers import NeedsCode, TooMany
from upheld.accounts.models import Account
from upheld.web import errors
from upheld.web.doors import door, onward
from upheld.web.forms import SecondStepForm, SignInForm
from upheld.web.people import account_of, actor, session, source, user_agent

JSON = "application/json"


@door("GET", "POST", signed_in=False)
def sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm.of(request)
    if form.is_valid():
        found = verbs.sign_in(**form.cleaned_data, by=actor(request), source=source(request))
        if isinstance(found, Account):
            return _come_in(request, found, ways=["password"])
        if isinstance(found, NeedsCode):
            presence.await_code(session(request), found.account)
            return redirect(f"{reverse('sign_in_code')}?{urlencode({'next': onward(request)})}")
        if isinstance(found, TooMany):
            return errors.too_many(request, found.retry_after)
        form.refuse(found.sentence)
    return render(request, "web/sign_in.html", {"form": form, "next": onward(request)})


@door("GET", "POST", signed_in=False)
def code(request: HttpRequest) -> HttpResponse:
    account = presence.awaited(session(request))
    if account is None:
        return redirect("sign_in")
    form = SecondStepForm.of(request)
    if form.is_valid():
        way = verbs.confirm_code(account, code=form.cleaned_data["code"], by=actor(request))
        if isinstance(way, str):
            return _come_in(request, account, ways=["password", way])
        if isinstance(way, TooMany):
            return errors.too_many(request, way.retry_after)
        form.refuse(way.sentence, "code")
    context = {
        "form": form,
        "heading": "Type your code",
        "lead": "The password is right. Now the second step.",
        "act": "Sign in",
    }
    return render(request, "web/code.html", context)


@door("POST", signed_in=False)
def passkey_options(request: HttpRequest) -> HttpResponse:
    ceremony = verbs.begin_passkey_sign_in(by=actor(request))
    presence.open_ceremony(session(request), ceremony.challenge)
    return HttpResponse(ceremony.options, content_type=JSON)


@door("POST", signed_in=False)
def passkey(request: HttpRequest) -> HttpResponse:
    challenge = presence.close_ceremony(session(request))
    credential = request.POST.get("credential", "")
    found = verbs.finish_passkey_sign_in(credential=credential, challenge=challenge, by=actor(request))
    if isinstance(found, Account):
        return _come_in(request, found, ways=["passkey"])
    # Not offered by itself again: a browser that picks a passkey on its own would go round and round.
    context = {"form": SignInForm(), "next": onward(request), "passkey_refused": found.sentence, "action": "/sign-in/"}
    return render(request, "web/sign_in.html", context)


def _come_in(request: HttpRequest, account: Account, *, ways: list[str]) -> HttpResponse:
    verbs.start_session(session(request), account, ways=ways, user_agent=user_agent(request))
    rotate_token(request)
    return redirect(onward(request))


@door("POST", signed_in=True)
def sign_out(request: HttpRequest) -> HttpResponse:
    row = session(request).row_id
    if row:
        verbs.end_session(account_of(request), session=row, by=actor(request))
    request.session.flush()
    rotate_token(request)
    return redirect("home")
