"""A member's own page: where they are signed in, with what they sign in, and who is close to them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from upheld.accounts.answers import WrongPasskey
from upheld.cases import relations
from upheld.cases.models import Relation
from upheld.desk.doors import desk, member, session
from upheld.desk.pages import page
from upheld.desk.views.entrance import begun, challenge, status
from upheld.staff import acting, codes, passkeys, sessions
from upheld.staff.models import DeskSession
from upheld.web.forms import PasskeyForm

ASK = "desk/own/ask.html"


@desk("GET")
def own(request: HttpRequest) -> HttpResponse:
    someone = member(request)
    context = {
        "sessions": [(each, each == session(request)) for each in sessions.of(someone)],
        "passkeys": passkeys.of(someone),
        "codes": codes.has(someone),
        "relations": Relation.objects.filter(member=someone.pk).order_by("id"),
        "relation_kinds": relations.KINDS,
    }
    return page(request, "desk/own/own.html", context)


@desk("POST")
def end_session(request: HttpRequest, row: UUID) -> HttpResponse:
    someone = member(request)
    found = DeskSession.objects.filter(pk=row, member=someone).first()
    ended = found is not None and sessions.end(found, by=acting.as_staff(someone))
    if row == session(request).pk:
        return redirect("desk_sign_in")
    return _done(request, "That browser is signed out." if ended else "That browser was signed out already.")


@desk("POST")
def end_others(request: HttpRequest) -> HttpResponse:
    sessions.end_all(member(request), but=session(request), by=acting.as_staff(member(request)))
    return _done(request, "Every other browser is signed out.")


@desk("GET", "POST", proven=True)
def add_passkey(request: HttpRequest) -> HttpResponse:
    someone, form = member(request), PasskeyForm.of(request)
    if form.is_valid():
        by = acting.as_staff(someone)
        made = passkeys.add(someone, **form.cleaned_data, challenge=challenge(request), by=by)
        if not isinstance(made, WrongPasskey):
            return _done(request, "The passkey is added. You can sign in with it from here on.")
        form.refuse(made.sentence)
    return page(request, "desk/own/passkey.html", {"form": form}, status=status(request))


@desk("POST", proven=True)
def passkey_options(request: HttpRequest) -> HttpResponse:
    return begun(request, passkeys.begin(member(request)))


@desk("GET", "POST", proven=True)
def remove_passkey(request: HttpRequest, row: UUID) -> HttpResponse:
    someone = member(request)
    names = {key.pk: name for key, name in passkeys.of(someone)}
    if row not in names:
        raise Http404
    if request.method == "POST":
        passkeys.remove(someone, passkey=row, by=acting.as_staff(someone))
        return _done(request, "The passkey is removed. Delete it from your device as well.")
    context = {"heading": f"Remove {names[row]}?", "lead": "It signs nobody in any more.", "act": "Remove it"}
    return page(request, ASK, context | _back())


@desk("GET", "POST", proven=True)
def remove_codes(request: HttpRequest) -> HttpResponse:
    someone = member(request)
    if request.method == "POST":
        gone = codes.remove(someone, by=acting.as_staff(someone))
        return _done(request, "You sign in with a passkey alone." if gone else "Add a passkey first.")
    lead = "You then sign in with a passkey and with nothing else."
    context = {"heading": "Remove password and code?", "lead": lead, "act": "Remove them"}
    return page(request, ASK, context | _back())


def _back() -> dict[str, str]:
    return {"back": reverse("desk_own"), "back_name": "Your page"}


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    sessions.say(session(request), sentence)
    return redirect("desk_own")


urlpatterns = [
    path("me/", own, name="desk_own"),
    path("me/sessions/end/", end_others, name="desk_end_others"),
    path("me/sessions/<uuid:row>/end/", end_session, name="desk_end_session"),
    path("me/passkeys/", add_passkey, name="desk_add_passkey"),
    path("me/passkeys/options/", passkey_options, name="desk_add_passkey_options"),
    path("me/passkeys/<uuid:row>/remove/", remove_passkey, name="desk_remove_passkey"),
    path("me/codes/remove/", remove_codes, name="desk_remove_codes"),
]
