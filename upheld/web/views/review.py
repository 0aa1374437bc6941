"""From the look before ordering to the thanks after it. Whatever is pressed twice is done once."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from upheld import vault
from upheld.accounts import limits
from upheld.contact.letters import on_site
from upheld.orders import addresses, links, verbs
from upheld.orders.answers import InTrouble, Later, Placed, Refusal, StalePrice
from upheld.orders.models import Line, Order
from upheld.orders.pricing import Totals
from upheld.payments.answers import Challenged
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.web import cards, errors
from upheld.web.basket import Basket
from upheld.web.doors import door
from upheld.web.forms import TotalForm
from upheld.web.people import actor, known, order_here, source
from upheld.web.views.order import PURPOSE, email_of, ordered


@door("GET", "POST")
def review(request: HttpRequest) -> HttpResponse:
    """Everything once more, and one button."""
    order, basket = order_here(request), Basket.of(request)
    if order is None:
        return redirect("order")
    if order.placed_at is not None and order.pk == basket.id:
        return ordered(request, basket)
    if order.placed_at is not None:
        return redirect("order_thanks" if request.method == "POST" or not basket.lines else "order")
    if not _is_of(order, basket):
        messages.info(request, "Your basket has changed. Look over your details once more.")
        return redirect("order")
    if request.method == "POST":
        return _place(request, order)
    return _show(request, order)


def _is_of(order: Order, basket: Basket) -> bool:
    """Whether the draft is what is in the basket now."""
    drafted = Line.objects.of(order).exclude(variant=None).values_list("variant", "quantity")
    return bool(order.pk == basket.id and dict(drafted) == dict(basket.quantities))


def _place(request: HttpRequest, order: Order) -> HttpResponse:
    form = TotalForm.of(request)
    if not form.is_valid():
        return _show(request, order, "Look over the total, then order.")
    total, by = form.cleaned_data["total"], actor(request)
    refused = None if by.id else _too_often(request, order, by)
    if refused:
        return refused
    outcome = verbs.place(order, total=total, by=by, back=on_site(reverse("order_paid")))
    if isinstance(outcome, StalePrice):
        return _show(request, order, outcome.sentence)
    if isinstance(outcome, Refusal):
        if outcome.field in ("", "items"):
            return _show(request, order, outcome.sentence)
        messages.error(request, outcome.sentence)
        return redirect("order")
    return Basket.new().keep(became(request, order, outcome))


def _too_often(request: HttpRequest, order: Order, by: Actor) -> HttpResponse | None:
    """Ordering writes to an address that nobody has shown to be theirs: its mailbox is not to be filled by ours."""
    address = vault.digest("email", email_of(order, by=by))
    refused = limits.take(limits.letters(address, limits.whereabouts(source(request))))
    return None if refused is None else errors.too_many(request, refused.retry_after)


def became(request: HttpRequest, order: Order, outcome: Any) -> HttpResponse:
    """The page that follows what the processor said."""
    if isinstance(outcome, Challenged):
        return cards.away(request, outcome.url)
    if isinstance(outcome, InTrouble) and _is_theirs(request, order):
        return redirect("order_mend", links.token(order, links.MEND))
    if isinstance(outcome, Refusal | Later):
        messages.error(request, outcome.sentence)
    elif isinstance(outcome, Placed) and not outcome.paid:
        messages.info(request, outcome.sentence)
    return redirect("order_thanks")


@door("GET")
def paid(request: HttpRequest) -> HttpResponse:
    """Back from the bank's question whether it is the person."""
    order = order_here(request)
    if order is None or order.placed_at is None:
        return render(request, "web/said.html", _NOT_RECOGNISED)
    return became(request, order, verbs.carry_on(order, by=actor(request)))


_NOT_RECOGNISED = {
    "heading": "Thank you",
    "text": "This browser does not know your order any more. We write to you as soon as your bank has answered.",
    "to": "/shop/",
    "act": "To the shop",
}


@door("GET")
def thanks(request: HttpRequest) -> HttpResponse:
    order = order_here(request)
    if order is None or order.placed_at is None:
        return redirect("basket")
    state = verbs.state(order)
    context = {"order": order, "state": state, "parcel": Line.objects.of(order).filter(kind="parcel").exists()}
    if state == "trouble" and _is_theirs(request, order):
        context["mend"] = links.token(order, links.MEND)
    return render(request, "web/order/thanks.html", context)


def _is_theirs(request: HttpRequest, order: Order) -> bool:
    """Whether who is here has shown that they are the person. A guest who only typed an address has not: mending would
    show the cards of that address, so the way to it goes there by letter."""
    return bool(known(request) == order.subject)


def _show(request: HttpRequest, order: Order, refused: str = "") -> HttpResponse:
    by = actor(request)
    where = _where(order, by=by)
    totals = verbs.quote(_items(order), country=where.get("country", ""))
    if isinstance(totals, Refusal):
        messages.error(request, totals.sentence)
        return redirect("order" if totals.field == "country" else "basket")
    context = {
        "order": order,
        "totals": totals,
        "lines": [line for line in totals.lines if line.variant],
        "taxes": [(name, rate, tax) for (name, rate), tax in totals.taxes.items()],
        "label": _label(where, totals),
        "email": email_of(order, by=by),
        "card": cards.shown(order, by=by),
        "given": _given(totals),
        "receives": _receives(totals),
        "refused": refused,
    }
    return render(request, "web/order/review.html", context)


def _items(order: Order) -> list[Any]:
    return list(Line.objects.of(order).exclude(variant=None).values_list("variant", "quantity"))


def _where(order: Order, *, by: Actor) -> dict[str, str]:
    held = [name for name in order.held() if name != "email"]
    opened = vault.open(order, held, by=by, purpose=PURPOSE, because=order.reference)
    return {name: value for name, value in opened.items() if value}


def _label(where: Mapping[str, str], totals: Totals) -> list[str]:
    """Where it goes, as it will stand on the parcel; the country alone when nothing is sent."""
    country = where.get("country", "")
    if not totals.has_parcel:
        return [addresses.country_name(country)]
    return addresses.written(where, where.get("name", ""), country, home="")


def _given(totals: Totals) -> list[tuple[str, list[str]]]:
    """What was given with this order, and every purpose that the policy has for it."""
    policy = force.in_force()
    parcel_only = {"name", "address"}
    asked = [name for name in policy.fields_of("order") if totals.has_parcel or name not in parcel_only]
    return [
        (policy.data[name].title or name, [p.title or n for n, p in policy.purposes_of(name).items()]) for name in asked
    ]


def _receives(totals: Totals) -> list[tuple[str, list[str]]]:
    """Who will receive what for this order: the processor at once, whoever carries it when it is sent."""
    policy = force.in_force()
    return [
        (each.title or name, [policy.data[datum].title or datum for datum in each.receives])
        for name, each in policy.recipients.items()
        if totals.has_parcel or each.purpose != PURPOSE
    ]
