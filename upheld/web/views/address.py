"""Another e-mail address, confirmed by a code that goes there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.accounts import presence, verbs
from upheld.accounts.answers import Refusal, TooMany
from upheld.accounts.models import AddressChange
from upheld.contact.models import Address
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.forms import AddressForm, CodeForm
from upheld.web.people import account_of, actor, session

BACK = {"back": "/account/data/", "back_name": "Your data"}


@door("GET", "POST", signed_in=True, proven=True)
def address(request: HttpRequest) -> HttpResponse:
    account, form = account_of(request), AddressForm.of(request)
    proof = presence.proof(session(request), account)
    if proof and form.is_valid():
        begun = verbs.begin_change_of_address(account, **form.cleaned_data, proof=proof, by=actor(request))
        if isinstance(begun, TooMany):
            return errors.too_many(request, begun.retry_after)
        return redirect("address_code")
    context = {
        "form": form,
        "heading": "Change your e-mail address",
        "lead": "We send a code to the new one. Once you have typed it, both addresses get a notice, and the old one "
        "is forgotten.",
        "act": "Send the code",
        **BACK,
    }
    return render(request, "web/account_form.html", context)


@door("GET", "POST", signed_in=True)
def code(request: HttpRequest) -> HttpResponse:
    account, form = account_of(request), CodeForm.of(request)
    if verbs.pending_address(account) is None:
        return redirect("address")
    if form.is_valid():
        done = verbs.confirm_change_of_address(account, **form.cleaned_data, by=actor(request))
        if isinstance(done, Address):
            messages.success(request, "Your address is changed. Sign in with the new one from here on.")
            return redirect("data")
        form.refuse(done.sentence, "code")
    context = {
        "form": form,
        "heading": "Type the code",
        "lead": "We sent a letter with six digits to the new address. They count for half an hour.",
        "act": "Change the address",
        "again": "/account/address/code/again/",
        **BACK,
    }
    return render(request, "web/account_form.html", context)


@door("POST", signed_in=True)
def again(request: HttpRequest) -> HttpResponse:
    sent: AddressChange | Refusal = verbs.resend_address_code(account_of(request), by=actor(request))
    if isinstance(sent, TooMany):
        return errors.too_many(request, sent.retry_after)
    said = "Another code is on its way. The one before counts no more."
    messages.info(request, sent.sentence if isinstance(sent, Refusal) else said)
    return redirect("address_code")
