"""Signing up: the form that the policy makes, and the code that comes by letter."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render

from upheld.accounts import presence, verbs
from upheld.accounts.answers import AddressTaken, TooMany
from upheld.accounts.errors import PasswordUnfit
from upheld.accounts.models import Account, SignUp
from upheld.payments import signing_up
from upheld.policy import force
from upheld.web import cards, errors
from upheld.web.doors import door
from upheld.web.forms import NAMES, CodeForm, Form, sign_up_form
from upheld.web.people import actor, session, source, user_agent


@door("GET", "POST", signed_in=False)
def sign_up(request: HttpRequest) -> HttpResponse:
    form = sign_up_form(force.in_force()).of(request)
    if form.is_valid():
        try:
            begun = signing_up.begin(**form.cleaned_data, by=actor(request), source=source(request))
        except PasswordUnfit as error:
            for sentence in error.sentences:
                form.refuse(sentence, "password")
        else:
            if isinstance(begun, TooMany):
                return errors.too_many(request, begun.retry_after)
            if isinstance(begun, SignUp):
                cards.forget_typed(request)
                presence.remember_sign_up(session(request), begun)
                return redirect("sign_up_code")
            form.refuse(begun.sentence, "card_token")
    return _form(request, form)


@door("GET", "POST", signed_in=False)
def card(request: HttpRequest) -> HttpResponse:
    """To the processor's page on which a card is typed (POST), and back from it (GET)."""
    if request.method == "POST":
        return cards.to_card_page(request, back="/sign-up/card/")
    if not cards.typed_there(request):
        messages.error(request, "No card was typed. You can sign up without one.")
    return redirect("sign_up")


def _form(request: HttpRequest, form: Form) -> HttpResponse:
    policy = force.in_force()
    data = {**{name: name for name in policy.data}, **{field: datum for datum, field in NAMES.items()}}
    asked = [(field, list(policy.purposes_of(data[field.name]).values())) for field in form]
    context = {"form": form, "asked": asked, "entry": cards.entry(request, form, way="/sign-up/card/")}
    return render(request, "web/sign_up.html", context)


@door("GET", "POST", signed_in=False)
def code(request: HttpRequest) -> HttpResponse:
    begun = presence.sign_up_of(session(request))
    if begun is None:
        return redirect("sign_up")
    form = CodeForm.of(request)
    if form.is_valid():
        made = signing_up.confirm(begun, code=form.cleaned_data["code"], by=actor(request))
        if isinstance(made, Account):
            return _welcome(request, made)
        form.refuse(made.sentence, None if isinstance(made, AddressTaken) else "code")
    context = {
        "form": form,
        "heading": "Type the code",
        "lead": "We sent a letter with six digits to the address that you gave. They count for half an hour.",
        "act": "Go on",
        "again": "/sign-up/code/again/",
        "back": "/sign-up/",
    }
    return render(request, "web/code.html", context)


def _welcome(request: HttpRequest, account: Account) -> HttpResponse:
    verbs.start_session(session(request), account, ways=["password"], user_agent=user_agent(request))
    rotate_token(request)
    messages.success(request, "Your account is made, and you are signed in.")
    return redirect("account")


@door("POST", signed_in=False)
def again(request: HttpRequest) -> HttpResponse:
    begun = presence.sign_up_of(session(request))
    if begun is None:
        return redirect("sign_up")
    sent = verbs.resend_code(begun, by=actor(request), source=source(request))
    if isinstance(sent, TooMany):
        return errors.too_many(request, sent.retry_after)
    said = "Another code is on its way. The one before counts no more."
    messages.info(request, said if isinstance(sent, SignUp) else sent.sentence)
    return redirect("sign_up_code")
