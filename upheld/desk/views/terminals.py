"""A terminal that a member works at: they type the code that it shows, and end it from here too."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.urls.resolvers import URLPattern

from upheld.desk.doors import desk, member, session
from upheld.desk.pages import page
from upheld.staff import sessions, terminals
from upheld.staff.models import Terminal
from upheld.web.fields import CodeField
from upheld.web.forms import Form

ALLOWED = "The terminal works for you now. What is done there is done in your name."
ENDED = "That terminal does nothing in your name any more."
OVER = "Nobody works at that terminal any more."


class TerminalForm(Form):
    code = CodeField(
        digits=False, max_length=20, help_text="As the terminal shows it, such as 7KQ4-M2XP.",
        error_messages={"required": "Type the code that the terminal shows.", "max_length": "A code has eight signs."},
    )  # fmt: skip


@desk("GET", "POST", proven=True)
def terminal(request: HttpRequest) -> HttpResponse:
    """What is typed here lets a process of the server act as the member: they show first that it is them."""
    form = TerminalForm.of(request)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, form)
    answer = terminals.allow(form.cleaned_data["code"], by=member(request))
    if not isinstance(answer, Terminal):
        form.refuse(answer.sentence, "code")
        return _ask(request, form)
    sessions.say(session(request), ALLOWED)
    return redirect("desk_terminal")


@desk("POST")
def end(request: HttpRequest, terminal: UUID) -> HttpResponse:
    """One of their own; nothing is opened or given by it, so that it is quick."""
    found = terminals.live().filter(pk=terminal, member=member(request)).first()
    if found is not None:
        terminals.end(found, by=member(request))
    sessions.say(session(request), ENDED if found else OVER)
    return redirect("desk_terminal")


def _ask(request: HttpRequest, form: forms.Form) -> HttpResponse:
    context = {"form": form, "terminals": terminals.live().filter(member=member(request))}
    return page(request, "desk/terminals/terminal.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("terminal/", terminal, name="desk_terminal"),
    path("terminal/<uuid:terminal>/end/", end, name="desk_terminal_end"),
]
