"""Ordering: the form, the card, and what is kept of both until the person has looked it over."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld import vault
from upheld.accounts import limits
from upheld.contact.models import Address
from upheld.orders import verbs
from upheld.orders.answers import Refusal
from upheld.orders.models import Order
from upheld.payments.models import Card
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.vault.restricting import own_purpose
from upheld.web import cards, errors
from upheld.web.basket import Basket
from upheld.web.cards import NEW, CardEntry
from upheld.web.doors import door, elsewhere
from upheld.web.order_form import OrderForm, destinations, first_country, order_form
from upheld.web.people import account_of, actor, order_here, remember_order, source

PURPOSE = "fulfilment"
FROM_HERE = limits.Limit("orders.here", 1000, 3600)  # a busy shop's, since behind a proxy all are in one place
CARDS_FROM_HERE = limits.Limit("orders.cards_here", 60, 3600)  # new ones, of people whom nobody knows
BY_ADDRESS = limits.Limit("orders.to", 40, 3600)
BY_PERSON = limits.Limit("orders.by", 60, 3600)


@door("GET", "POST")
def order(request: HttpRequest) -> HttpResponse:
    """What the policy declares for an order, as far as this basket needs it."""
    basket = Basket.of(request)
    refused = _not_yet(request, basket)
    if refused:
        return refused
    form = _form(request, basket)
    if form.is_valid():
        refused = _too_often(request, form)
        if refused:
            return refused
        made = _draft(request, basket, form)
        if isinstance(made, Order) and made.placed_at is not None:  # by another tab, at the same moment
            return ordered(request, basket)
        if isinstance(made, Order):
            cards.forget_typed(request)
            remember_order(request, made)
            return redirect("order_review")
        if made.field == "items":
            messages.error(request, made.sentence)
            return redirect("basket")
        form.refuse_each(made)
    return _show(request, basket, form)


@door("GET", "POST")
def card(request: HttpRequest) -> HttpResponse:
    """To the processor's page on which a card is typed (POST), and back from it (GET)."""
    if request.method == "POST":
        return cards.to_card_page(request, back="/order/card/")
    if not cards.typed_there(request):
        messages.error(request, "No card was typed. Nothing was kept of it.")
    return redirect("order")


def ordered(request: HttpRequest, basket: Basket) -> HttpResponse:
    """This basket is ordered already, though the answer that brings a new one never arrived."""
    here = order_here(request)
    if here is not None and here.pk == basket.id:
        return Basket.new().keep(redirect("order_thanks"))
    messages.info(request, "What was in your basket is ordered already. A letter tells about it.")
    return Basket.new().keep(redirect("basket"))


def _not_yet(request: HttpRequest, basket: Basket) -> HttpResponse | None:
    if Order.objects.placed().filter(pk=basket.id).exists():
        return ordered(request, basket)
    if not basket.ready:
        if not basket.lines and order_here(request):
            return redirect("order_thanks")
        return redirect("basket")
    if not request.user.is_authenticated and "order" not in force.in_force().guests:
        return elsewhere("sign_in", request)
    return None


def _too_often(request: HttpRequest, form: OrderForm) -> HttpResponse | None:
    """Nobody is to try out stolen cards on us. An address costs nothing, so that new cards are counted by where they
    come from."""
    person = actor(request).id
    if person:
        asked = [(BY_PERSON, person.bytes)]
    else:
        address = vault.digest("email", form.cleaned_data.get("email", ""))
        here = limits.whereabouts(source(request))
        asked = [(FROM_HERE, here), (BY_ADDRESS, address)]
        if _new_card(form):
            asked.append((CARDS_FROM_HERE, here))
    refused = limits.take(asked)
    return None if refused is None else errors.too_many(request, refused.retry_after)


def _form(request: HttpRequest, basket: Basket) -> OrderForm:
    before = {} if request.method == "POST" else _before(request, basket)
    country = first_country(request.POST, before.get("country", ""))
    made = order_form(force.in_force(), parcel=basket.needs_address, country=country)
    if request.method != "POST":
        return made(initial={"country": country, **before})
    return made.of(request)


def _before(request: HttpRequest, basket: Basket) -> dict[str, str]:
    """What the form is filled with: the draft of this very basket, or the address of the account."""
    drafted, by = _drafted(request, basket), actor(request)
    if drafted is not None:
        return {**_opened(drafted, by), "email": email_of(drafted, by=by), "card": str(drafted.card)}
    if request.user.is_authenticated:
        address = Address.objects.for_subject(account_of(request).subject).first()
        return {"email": vault.open(address, ["email"], by=by, purpose=PURPOSE)["email"] or ""} if address else {}
    return {}


def _opened(order: Order, by: Actor) -> dict[str, str]:
    held = [name for name in order.held() if name != "email"]
    opened = vault.open(order, held, by=by, purpose=PURPOSE, because=order.reference)
    return {name: value for name, value in opened.items() if value}


def email_of(order: Order, *, by: Actor) -> str:
    """Where letters about it go."""
    row = verbs.address_of(order)
    if row is None:
        return ""
    purpose = own_purpose(PURPOSE, subject=order.subject, by=by)
    return vault.open(row, ["email"], by=by, purpose=purpose, because=order.reference)["email"] or ""


def _draft(request: HttpRequest, basket: Basket, form: OrderForm) -> Order | Refusal:
    """The order as it was typed, sealed."""
    given = form.cleaned_data
    token = _new_card(form)
    return verbs.draft(
        basket=basket.id,
        items=basket.items,
        details=form.details,
        card=None if token else _card(request, basket, given.get("card", "")),
        card_token=token,
        subject=actor(request).id,
        by=actor(request),
    )


def _new_card(form: OrderForm) -> str:
    """The token of the card that was typed for this order; empty when one on file is chosen."""
    given = form.cleaned_data
    return given.get("card_token", "") if given.get("card", "") in ("", NEW) else ""


def _drafted(request: HttpRequest, basket: Basket) -> Order | None:
    """What this browser drafted of this basket."""
    order = order_here(request)
    return order if order is not None and order.pk == basket.id and order.placed_at is None else None


def _card(request: HttpRequest, basket: Basket, id: str) -> Card | None:
    """A card on file of someone signed in. Nobody else has shown whose they are, whatever address they type: theirs is
    the card of this draft, and no other of that address."""
    if request.user.is_authenticated:
        return cards.chosen(account_of(request).subject, id)
    drafted = _drafted(request, basket)
    return cards.chosen(drafted.subject, id) if drafted is not None and str(drafted.card) == id else None


def _show(request: HttpRequest, basket: Basket, form: OrderForm) -> HttpResponse:
    context = {
        "form": form,
        "basket": basket,
        "entry": _entry(request, basket, form),
        "uses": _uses(form),
        "nowhere": not destinations(),
    }
    return render(request, "web/order/order.html", context)


def _entry(request: HttpRequest, basket: Basket, form: OrderForm) -> CardEntry:
    """The cards to choose from: see `_card`."""
    by, drafted = actor(request), _drafted(request, basket)
    if request.user.is_authenticated:
        saved = cards.saved(account_of(request).subject, by=by)
    else:
        kept = cards.shown(drafted, by=by) if drafted is not None else None
        saved = [kept] if kept else []
    return cards.entry(request, form, way="/order/card/", saved=saved, must=True)


def _uses(form: OrderForm) -> list[tuple[str, Mapping[str, Any]]]:
    """What each datum that is asked for is used for, as the policy has it."""
    policy = force.in_force()
    asked = [name for name in policy.fields_of("order") if name in form.fields or (name == "address" and form.parts)]
    return [(policy.data[name].title or name, policy.purposes_of(name)) for name in asked]
