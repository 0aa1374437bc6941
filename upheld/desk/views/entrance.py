"""The way in: a passkey, and again when it matters. Without a passkey only where the setting staff.totp says so."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import path

from upheld.accounts.answers import Refusal, TooMany
from upheld.accounts.ceremonies import Ceremony
from upheld.desk.doors import desk, forget, keep, member, onward, session, visitor
from upheld.desk.forms import AgainForm, CodesForm
from upheld.desk.pages import page
from upheld.policy.actors import Actor
from upheld.staff import codes, passkeys, sessions
from upheld.staff.models import Member
from upheld.web import errors
from upheld.web.people import source

JSON = "application/json"


@desk("GET", "POST", anyone=True)
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page, and whoever signs in with password and code."""
    found = visitor(request)
    if found is not None and found.member is not None:
        return redirect(onward(request))
    form = CodesForm.of(request)
    if form.is_valid():
        answer = codes.answered(**form.cleaned_data, source=source(request))
        if isinstance(answer, Member):
            return come_in(request, answer, way="totp")
        if isinstance(answer, TooMany):
            return errors.too_many(request, answer.retry_after)
        form.refuse(answer.sentence)
    return _sign_in_page(request, form)


@desk("POST", anyone=True)
def passkey_options(request: HttpRequest) -> HttpResponse:
    ceremony = passkeys.ask_anyone(source=source(request))
    if isinstance(ceremony, TooMany):
        return errors.too_many(request, ceremony.retry_after)
    return begun(request, ceremony)


@desk("POST", anyone=True)
def passkey(request: HttpRequest) -> HttpResponse:
    found = passkeys.answered(credential=request.POST.get("credential", ""), challenge=challenge(request))
    if isinstance(found, Member):
        return come_in(request, found, way="passkey")
    return _sign_in_page(request, CodesForm(), refused=found.sentence)


@desk("POST", anyone=True)
def sign_out(request: HttpRequest) -> HttpResponse:
    found = visitor(request)
    if found is not None and found.member is not None:
        sessions.end(found, by=Actor.staff(found.member.pk, job=""))
    rotate_token(request)
    return forget(redirect("desk_sign_in"))


@desk("GET", "POST")
def confirm(request: HttpRequest) -> HttpResponse:
    """That it is still them: by passkey, or by password and code for somebody who has those."""
    someone, by_passkey = member(request), "credential" in request.POST
    form = AgainForm() if by_passkey else AgainForm.of(request)
    refused = ""
    if by_passkey or form.is_valid():
        answer = _again(request, someone, form)
        if isinstance(answer, Member):
            sessions.prove(session(request))
            return redirect(onward(request))
        if isinstance(answer, TooMany):
            return errors.too_many(request, answer.retry_after)
        refused = answer.sentence
    context = {"form": form, "codes": codes.are_declared() and codes.has(someone), "refused": refused}
    return page(request, "desk/entrance/confirm.html", context, status=status(request))


def _again(request: HttpRequest, someone: Member, form: AgainForm) -> Member | Refusal | TooMany:
    if form.is_bound:
        return codes.shown_again(someone, **form.cleaned_data, source=source(request))
    return passkeys.answered(credential=request.POST["credential"], challenge=challenge(request), owner=someone)


@desk("POST")
def confirm_options(request: HttpRequest) -> HttpResponse:
    return begun(request, passkeys.ask(member(request)))


def begun(request: HttpRequest, ceremony: Ceremony) -> HttpResponse:
    """What the browser is asked; its session remembers the challenge, and a visitor gets one for that."""
    found, new = visitor(request), None
    if found is None:
        new = sessions.of_visitor()
        found = new.session
    sessions.open_ceremony(found, ceremony.challenge)
    response = HttpResponse(ceremony.options, content_type=JSON)
    return keep(response, new) if new else response


def challenge(request: HttpRequest) -> str:
    """What this browser was asked last, once; empty when it was asked nothing."""
    found = visitor(request)
    return sessions.close_ceremony(found) if found else ""


def come_in(request: HttpRequest, someone: Member, *, way: str, said: str = "") -> HttpResponse:
    """A new session, with nothing of the one before, and on to where they were going."""
    new = sessions.begin(someone, way=way, instead_of=visitor(request))
    if said:
        sessions.say(new.session, said)
    rotate_token(request)
    return keep(redirect(onward(request)), new)


def _sign_in_page(request: HttpRequest, form: CodesForm, *, refused: str = "") -> HttpResponse:
    context = {"form": form, "codes": codes.are_declared(), "refused": refused, "next": onward(request)}
    return render(request, "desk/entrance/sign_in.html", context, status=status(request))


def status(request: HttpRequest) -> int:
    """Of a page with a form: shown for the first time, or again with what is wrong in it."""
    return 200 if request.method in ("GET", "HEAD") else 422


urlpatterns = [
    path("sign-in/", sign_in, name="desk_sign_in"),
    path("sign-in/passkey/options/", passkey_options, name="desk_passkey_options"),
    path("sign-in/passkey/", passkey, name="desk_passkey"),
    path("sign-out/", sign_out, name="desk_sign_out"),
    path("confirm/", confirm, name="desk_confirm"),
    path("confirm/options/", confirm_options, name="desk_confirm_options"),
]
