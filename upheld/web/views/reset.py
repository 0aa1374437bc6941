"""A new password for someone who has forgotten theirs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.accounts import verbs
from upheld.accounts.answers import Gone, TooMany
from upheld.accounts.errors import PasswordUnfit
from upheld.web import errors
from upheld.web.doors import door
from upheld.web.forms import AskResetForm, NewPasswordForm
from upheld.web.people import actor, source


@door("GET", "POST")
def reset(request: HttpRequest) -> HttpResponse:
    form = AskResetForm.of(request)
    if not form.is_valid():
        return render(request, "web/reset.html", {"form": form})
    asked = verbs.begin_reset(**form.cleaned_data, by=actor(request), source=source(request))
    if isinstance(asked, TooMany):
        return errors.too_many(request, asked.retry_after)
    said = {
        "heading": "Look in your mailbox",
        "text": "If that address has an account, a link to choose a new password is on its way. It serves once, "
        "within an hour.",
        "to": "/sign-in/",
        "act": "Back to signing in",
    }
    return render(request, "web/said.html", said)


@door("GET", "POST")
def choose(request: HttpRequest, token: str) -> HttpResponse:
    if verbs.reset_of(token) is None:
        return _gone(request)
    form = NewPasswordForm.of(request)
    if form.is_valid():
        try:
            done = verbs.finish_reset(token, new=form.cleaned_data["password"])
        except PasswordUnfit as error:
            for sentence in error.sentences:
                form.refuse(sentence, "password")
        else:
            if isinstance(done, Gone):
                return _gone(request)
            messages.success(request, "Your new password is set. Sign in with it.")
            return redirect("sign_in")
    return render(request, "web/reset_set.html", {"form": form})


def _gone(request: HttpRequest) -> HttpResponse:
    said = {
        "heading": "This link serves no more",
        "text": "It was used, or is older than an hour, or another one was used since. Your password is unchanged.",
        "to": "/reset/",
        "act": "Ask for another link",
    }
    return render(request, "web/said.html", said, status=410)
