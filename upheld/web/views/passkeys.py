"""Passkeys: one more, one fewer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.accounts import presence, verbs
from upheld.accounts.answers import WrongPasskey
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.forms import PasskeyForm
from upheld.web.people import account_of, actor, session
from upheld.web.views.security import BACK
from upheld.web.views.sign_in import JSON


@door("GET", "POST", signed_in=True, proven=True)
def add(request: HttpRequest) -> HttpResponse:
    form = PasskeyForm.of(request)
    if form.is_valid():
        challenge = presence.close_ceremony(session(request))
        made = verbs.finish_passkey(account_of(request), **form.cleaned_data, challenge=challenge, by=actor(request))
        if not isinstance(made, WrongPasskey):
            messages.success(request, "The passkey is added. You can sign in with it from here on.")
            return redirect("security")
        form.refuse(made.sentence)
    return render(request, "web/passkey_add.html", {"form": form})


@door("POST", signed_in=True, proven=True)
def options(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    proof = presence.proof(session(request), account)
    assert proof  # the door saw to it
    ceremony = verbs.begin_passkey(account, proof=proof, by=actor(request))
    presence.open_ceremony(session(request), ceremony.challenge)
    return HttpResponse(ceremony.options, content_type=JSON)


@door("GET", "POST", signed_in=True, proven=True)
def remove(request: HttpRequest, row: UUID) -> HttpResponse:
    account, by = account_of(request), actor(request)
    if request.method == "POST":
        proof = presence.proof(session(request), account)
        assert proof  # the door saw to it
        if not verbs.remove_passkey(account, passkey=row, proof=proof, by=by):
            return errors.page(request, 404)
        messages.success(request, "The passkey is removed. Delete it from your device as well.")
        return redirect("security")
    names = {key.id: name for key, name in verbs.passkeys_of(account, by=by)}
    if row not in names:
        return errors.page(request, 404)
    context = {"heading": f"Remove {names[row]}?", "lead": "It signs nobody in any more.", "act": "Remove it", **BACK}
    return render(request, "web/ask.html", context)
