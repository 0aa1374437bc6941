"""Who is close to a member: declared by themselves, and never shown again."""

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from upheld.cases import relations
from upheld.cases.models import Relation
from upheld.desk.doors import desk, member, session
from upheld.desk.pages import page
from upheld.staff import sessions
from upheld.web.fields import EmailField
from upheld.web.forms import Form


class RelationForm(Form):
    address = EmailField(
        autocomplete="off",
        help_text="With which they are, or may be, a customer. It is kept in a form that nobody can read.",
    )
    kind = forms.ChoiceField(
        label="Whose it is",
        choices=[("", "Choose"), *relations.KINDS.items()],
        error_messages={"required": "Say whose it is.", "invalid_choice": "Choose one of those listed."},
    )


@desk("GET", "POST", proven=True)
def declare(request: HttpRequest) -> HttpResponse:
    form = RelationForm.of(request)
    if form.is_valid():
        relations.declare(member(request), **form.cleaned_data)
        return _done(request, "It is declared. Cases about them are for your colleagues.")
    return page(request, "desk/own/declare.html", {"form": form}, status=422 if form.is_bound else 200)


@desk("POST", proven=True)
def withdraw(request: HttpRequest, row: UUID) -> HttpResponse:
    found = Relation.objects.filter(pk=row, member=member(request).pk).first()
    if found is None:
        raise Http404
    relations.withdraw(found, by=member(request))
    return _done(request, "It is withdrawn. The privacy officer is told that it was.")


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    sessions.say(session(request), sentence)
    return redirect("desk_own")


urlpatterns = [
    path("me/close/", declare, name="desk_declare"),
    path("me/close/<uuid:row>/withdraw/", withdraw, name="desk_withdraw"),
]
