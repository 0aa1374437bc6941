"""The cards on file: seen, added, made the default, removed."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.payments import verbs
from upheld.payments.models import Card
from upheld.web import cards as entries
from upheld.web.doors import door
from upheld.web.forms import CardForm
from upheld.web.people import account_of, actor

SOURCE = "account"
WAY = "/account/cards/page/"


@door("GET", signed_in=True)
def cards(request: HttpRequest) -> HttpResponse:
    shown = entries.saved(account_of(request).subject, by=actor(request))
    return render(request, "web/cards/cards.html", {"cards": shown})


@door("GET", "POST", signed_in=True)
def add(request: HttpRequest) -> HttpResponse:
    form = CardForm.of(request)
    if form.is_valid():
        subject, by = account_of(request).subject, actor(request)
        added = verbs.add_card(subject, token=form.cleaned_data["card_token"], source=SOURCE, by=by)
        if isinstance(added, Card):
            entries.forget_typed(request)
            messages.success(request, "Your card is on file, and is the one that is charged from now on.")
            return redirect("cards")
        form.refuse(added.sentence, "card_token")
    context = {"form": form, "entry": entries.entry(request, form, way=WAY, must=True)}
    return render(request, "web/cards/add.html", context)


@door("GET", "POST", signed_in=True)
def page(request: HttpRequest) -> HttpResponse:
    """To the processor's page on which a card is typed (POST), and back from it (GET)."""
    if request.method == "POST":
        return entries.to_card_page(request, back=WAY)
    if not entries.typed_there(request):
        messages.error(request, "No card was typed. Nothing has changed.")
        return redirect("cards")
    return redirect("add_card")


@door("POST", signed_in=True)
def choose(request: HttpRequest, row: UUID) -> HttpResponse:
    verbs.choose_card(_mine(request, row), by=actor(request))
    messages.success(request, "This card is the one that is charged from now on.")
    return redirect("cards")


@door("GET", "POST", signed_in=True)
def remove(request: HttpRequest, row: UUID) -> HttpResponse:
    card, by = _mine(request, row), actor(request)
    if request.method == "POST":
        verbs.remove_card(card, by=by)
        messages.success(request, "The card is removed, and the payment processor is told to forget it.")
        return redirect("cards")
    return render(request, "web/cards/remove.html", {"shown": verbs.describe([card], by=by)[0]})


def _mine(request: HttpRequest, row: UUID) -> Card:
    card = entries.chosen(account_of(request).subject, str(row))
    if card is None:
        raise Http404
    return card
