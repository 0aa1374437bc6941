"""Ways in and browsers that are signed in: the list of them, the password, and the sessions."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.accounts import verbs
from upheld.accounts.answers import TooMany
from upheld.accounts.errors import PasswordUnfit
from upheld.accounts.presence import Proof
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.forms import ChangePasswordForm, Form
from upheld.web.people import account_of, actor, session

BACK = {"back": "/account/security/", "back_name": "Security"}


@door("GET", signed_in=True)
def security(request: HttpRequest) -> HttpResponse:
    account, by, here = account_of(request), actor(request), session(request).row_id
    context = {
        "totp": verbs.has_second_factor(account),
        "recovery_codes": verbs.recovery_codes_left(account),
        "passkeys": verbs.passkeys_of(account, by=by),
        "sessions": [(row, device, row.id == here) for row, device in verbs.sessions_of(account, by=by)],
    }
    return render(request, "web/security.html", context)


@door("GET", "POST", signed_in=True)
def password(request: HttpRequest) -> HttpResponse:
    form = ChangePasswordForm.of(request)
    if form.is_valid():
        proof = verbs.prove_by_password(account_of(request), password=form.cleaned_data["password"], by=actor(request))
        if isinstance(proof, TooMany):
            return errors.too_many(request, proof.retry_after)
        if not isinstance(proof, Proof):
            form.refuse(proof.sentence, "password")
        elif _changed(request, form, proof):
            messages.success(request, "Your password is changed, and every other browser is signed out.")
            return redirect("security")
    context = {
        "form": form,
        "heading": "Change your password",
        "lead": "Every other browser that is signed in will be signed out.",
        "act": "Change the password",
        **BACK,
    }
    return render(request, "web/account_form.html", context)


def _changed(request: HttpRequest, form: Form, proof: Proof) -> bool:
    new = form.cleaned_data["new_password"]
    try:
        verbs.change_password(account_of(request), new=new, proof=proof, session=session(request), by=actor(request))
    except PasswordUnfit as error:
        for sentence in error.sentences:
            form.refuse(sentence, "new_password")
        return False
    return True


@door("POST", signed_in=True)
def end_session(request: HttpRequest, row: UUID) -> HttpResponse:
    ended = verbs.end_session(account_of(request), session=row, by=actor(request))
    messages.success(request, "That browser is signed out." if ended else "That browser was signed out already.")
    return redirect("security")


@door("POST", signed_in=True)
def end_sessions(request: HttpRequest) -> HttpResponse:
    verbs.end_other_sessions(account_of(request), keep=session(request).row_id, by=actor(request))
    messages.success(request, "Every other browser is signed out.")
    return redirect("security")
