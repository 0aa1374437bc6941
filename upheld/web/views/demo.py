"""`/demo/letters/`: in a demonstration, and nowhere else, what was sent and a way to write to the company."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from csp.decorators import csp_replace, csp_update
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from upheld.mailbox import receiving
from upheld.web import catcher
from upheld.web.alone import ALONE
from upheld.web.doors import View, door
from upheld.web.fields import EmailField, MessageField
from upheld.web.forms import Form

# A caught letter runs nothing and fetches nothing; a link in it, clicked, opens apart.
LEADS = {**ALONE, "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"]}
WAY = "demonstration"
BECAME = {
    "requests": "Your letter became a request for each of these: {kinds}. What we answered stands first.",
    "conversation": "Your letter became a conversation, for a person to answer.",
    "ignored": "Your letter was ignored: it looks like a program wrote it.",
    "refused": "Your letter was refused, and nothing was changed.",
}


class WriteForm(Form):
    email = EmailField(label="From", help_text="An address of yours here, or any other.", autocomplete="off")
    subject = forms.CharField(
        label="Subject", max_length=200, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    text = MessageField(label="Your letter", missing="Write your letter.")


def in_a_demonstration(*methods: str) -> Callable[[View], View]:
    def wrap(view: View) -> View:
        @door(*methods)
        @wraps(view)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not catcher.is_open():
                raise Http404
            return view(request, *args, **kwargs)

        return enter

    return wrap


@in_a_demonstration("GET")
def letters(request: HttpRequest) -> HttpResponse:
    return render(request, "web/demo/letters.html", {"letters": list(catcher.caught())})


@csp_update({"frame-src": ["'self'"]})
@in_a_demonstration("GET")
def letter(request: HttpRequest, letter: UUID) -> HttpResponse:
    return render(request, "web/demo/letter.html", {"letter": _found(letter), "text": _found(letter).part("plain")})


@csp_replace(LEADS)
@xframe_options_sameorigin
@in_a_demonstration("GET")
def page(request: HttpRequest, letter: UUID) -> HttpResponse:
    """The HTML part, by itself, for the frame that shows it."""
    return HttpResponse(_found(letter).part("html").replace("<a ", '<a target="_blank" rel="noopener" '))


@in_a_demonstration("GET", "POST")
def write(request: HttpRequest, letter: UUID | None = None) -> HttpResponse:
    """A letter to the company; one that answers the `letter` named has its address, subject and words in it."""
    answered = _found(letter) if letter else None
    if request.method != "POST":
        return _ask(request, WriteForm(initial=_reply(answered) if answered else None), answered)
    form = WriteForm.of(request)
    if not form.is_valid():
        return _ask(request, form, answered)
    given = form.cleaned_data
    raw = catcher.written(
        sender=given["email"],
        subject=given["subject"],
        text=given["text"],
        answers=answered.message_id if answered else "",
    )
    outcome = receiving.receive(raw, way=WAY)
    kinds = ", ".join(outcome.kinds).replace("_", " ")
    messages.success(request, BECAME[outcome.outcome].format(kinds=kinds))
    return redirect("demo_letters")


def _ask(request: HttpRequest, form: Form, answered: catcher.Caught | None) -> HttpResponse:
    return render(request, "web/demo/write.html", {"form": form, "answered": answered})


def _reply(letter: catcher.Caught) -> dict[str, str]:
    subject = letter.subject if letter.subject.startswith("Re: ") else f"Re: {letter.subject}"
    return {"email": letter.to, "subject": subject, "text": catcher.quoted(letter)}


def _found(letter: UUID) -> catcher.Caught:
    found = catcher.find(letter)
    if found is None:
        raise Http404
    return found
