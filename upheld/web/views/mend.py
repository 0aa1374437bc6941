"""Mending an order by the link in a letter: another card, a right address, another item, or the money back.

The link shows that letters to the address arrive; whoever has it acts as the person, on this order alone.
"""

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from upheld import vault
from upheld.contact.letters import on_site
from upheld.orders import links, verbs
from upheld.orders.answers import InTrouble, Later, Placed, Refusal
from upheld.orders.errors import NotNow
from upheld.orders.models import Line, Order, Trouble, Variant
from upheld.orders.pricing import title_of
from upheld.payments.answers import Challenged
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.vault.restricting import own_purpose
from upheld.web import cards
from upheld.web.cards import CardEntry
from upheld.web.doors import door
from upheld.web.forms import CardChoiceForm, Form
from upheld.web.order_form import address_form
from upheld.web.people import known, lasts, session
from upheld.web.views.order import PURPOSE

MENDING = "mending"
MENDED = "It is mended. We go on with your order."
NOTHING_LEFT = {
    "heading": "This link serves no more",
    "text": "It is too old, or the order is gone. Nothing was changed.",
    "to": "/shop/",
    "act": "To the shop",
}


@door("GET", "POST")
def mend(request: HttpRequest, token: str) -> HttpResponse:
    ids = links.read(token, links.MEND)
    order = _order(*ids) if ids else None
    if order is None:
        return render(request, "web/said.html", NOTHING_LEFT, status=410)
    session(request)[MENDING] = [str(order.subject), str(order.pk), time.time()]
    trouble = Trouble.objects.of(order).filter(ended_at=None).last()
    if trouble is None:
        return render(request, "web/order/mended.html", {"order": order, "state": verbs.state(order)})
    by = Actor.person(order.subject)
    if request.method == "POST":
        try:
            return _mend(request, order, trouble, by)
        except NotNow:
            return redirect(request.path)
    return _show(request, order, trouble, by)


@door("GET", "POST")
def card(request: HttpRequest) -> HttpResponse:
    """To the processor's page on which a card is typed (POST), and back from it (GET)."""
    order = _begun(request)
    if order is None:
        return render(request, "web/said.html", NOTHING_LEFT, status=410)
    if request.method == "POST":
        return cards.to_card_page(request, back=reverse("order_mend_card"))
    if not cards.typed_there(request):
        messages.error(request, "No card was typed. Nothing has changed.")
    return redirect(_way(order))


@door("GET")
def back(request: HttpRequest) -> HttpResponse:
    """From the bank's question whether it is the person."""
    order = _begun(request)
    if order is None:
        return render(request, "web/said.html", NOTHING_LEFT, status=410)
    return _became(request, _way(order), verbs.carry_on(order, by=Actor.person(order.subject)))


def _order(subject: UUID, id: UUID) -> Order | None:
    if vault.is_erased(subject):
        return None
    found: Order | None = Order.objects.placed().filter(subject=subject, pk=id).first()
    return found


def _begun(request: HttpRequest) -> Order | None:
    """What a link led to in this browser a while ago. The link itself, which opens elsewhere too, rests nowhere."""
    found = session(request).get(MENDING)
    return _order(UUID(found[0]), UUID(found[1])) if found and lasts(found[2]) else None


def _way(order: Order) -> str:
    return reverse("order_mend", args=[links.token(order, links.MEND)])


def _mend(request: HttpRequest, order: Order, trouble: Trouble, by: Actor) -> HttpResponse:
    if "give_up" in request.POST:
        done = verbs.give_up(trouble, by=by)
        messages.success(request, done.sentence if isinstance(done, Later) else "The order is cancelled.")
        return redirect(request.path)
    way = _WAYS.get(trouble.kind)
    return way(request, order, trouble, by) if way else _show(request, order, trouble, by)


def _by_card(request: HttpRequest, order: Order, trouble: Trouble, by: Actor) -> HttpResponse:
    form = CardChoiceForm.of(request)
    if not form.is_valid():
        return _show(request, order, trouble, by, form)
    card = cards.chosen(order.subject, form.cleaned_data["card"]) if _may_see_cards(request, order) else None
    token = "" if card else form.cleaned_data["card_token"]
    outcome = verbs.mend_card(trouble, card=card, card_token=token, by=by, back=on_site(reverse("order_mend_back")))
    cards.forget_typed(request)
    if isinstance(outcome, Refusal):
        form.refuse(outcome.sentence, "card")
        return _show(request, order, trouble, by, form)
    return _became(request, request.path, outcome)


def _became(request: HttpRequest, way: str, outcome: Any) -> HttpResponse:
    if isinstance(outcome, Challenged):
        return cards.away(request, outcome.url)
    if isinstance(outcome, InTrouble):
        messages.error(request, "That did not work either.")
    elif isinstance(outcome, Later):
        messages.error(request, outcome.sentence)
    elif isinstance(outcome, Placed):
        messages.success(request, MENDED if outcome.paid else outcome.sentence)
    return redirect(way)


def _by_address(request: HttpRequest, order: Order, trouble: Trouble, by: Actor) -> HttpResponse:
    form = address_form(force.in_force(), _country(order, by))(request.POST)
    if form.is_valid():
        changed = verbs.mend_address(trouble, details=form.details, by=by)
        if isinstance(changed, Order):
            messages.success(request, "The address is corrected. We send the parcel again.")
            return redirect(request.path)
        form.refuse_each(changed)
    return _show(request, order, trouble, by, form)


def _by_item(request: HttpRequest, order: Order, trouble: Trouble, by: Actor) -> HttpResponse:
    picked = next((each for each in _others(order, trouble) if str(each.pk) == request.POST.get("variant")), None)
    changed = verbs.mend_item(trouble, variant=picked, by=by) if picked else Refusal("Choose one of those listed.")
    if isinstance(changed, Order):
        messages.success(request, MENDED)
        return redirect(request.path)
    messages.error(request, changed.sentence)
    return _show(request, order, trouble, by)


Way = Callable[[HttpRequest, Order, Trouble, Actor], HttpResponse]
_WAYS: Mapping[str, Way] = MappingProxyType(
    {"declined": _by_card, "undeliverable": _by_address, "out_of_stock": _by_item}
)


def _show(request: HttpRequest, order: Order, trouble: Trouble, by: Actor, form: Form | None = None) -> HttpResponse:
    context: dict[str, Any] = {"order": order, "trouble": trouble, "sentence": verbs.sentence(trouble)}
    if trouble.kind == "declined":
        context["form"] = form or CardChoiceForm()
        context["entry"] = _entry(request, order, by, context["form"])
    elif trouble.kind == "undeliverable":
        where = _opened(order, by)
        context["form"] = form or address_form(force.in_force(), where["country"])(initial=where)
    elif trouble.kind == "out_of_stock":
        context["others"] = [(each, title_of(each)) for each in _others(order, trouble)]
    return render(request, "web/order/mend.html", context)


def _entry(request: HttpRequest, order: Order, by: Actor, form: Form) -> CardEntry:
    saved = cards.saved(order.subject, by=by) if _may_see_cards(request, order) else []
    return cards.entry(request, form, way=reverse("order_mend_card"), saved=saved, must=True, failed=order.card)


def _may_see_cards(request: HttpRequest, order: Order) -> bool:
    """A link that went to an address of the order's own shows that whoever has it reads that one, which may be
    anybody's whom the person told us to write to: it leads to no card of the person's."""
    return "email" not in order.held() or known(request) == order.subject


def _opened(order: Order, by: Actor) -> dict[str, str]:
    held = [name for name in order.held() if name != "email"]
    purpose = own_purpose(PURPOSE, subject=order.subject, by=by)
    opened = vault.open(order, held, by=by, purpose=purpose, because=order.reference)
    return {name: value for name, value in opened.items() if value}


def _country(order: Order, by: Actor) -> str:
    purpose = own_purpose(PURPOSE, subject=order.subject, by=by)
    return vault.open(order, ["country"], by=by, purpose=purpose, because=order.reference)["country"] or ""


def _others(order: Order, trouble: Trouble) -> list[Variant]:
    """What can stand in for what is not there, for no more money: others of the same product first."""
    line = Line.objects.of(order).filter(sku=trouble.reason, invoice=None).first()
    if line is None:
        return []
    own = Variant.objects.filter(pk=line.variant).values_list("product", flat=True).first()
    sold = Variant.objects.filter(
        withdrawn_at=None, product__withdrawn_at=None, product__kind="parcel",
        currency=order.currency, price__lte=line.price,
    )  # fmt: skip
    found = [
        each
        for each in sold.exclude(pk=line.variant).select_related("product")
        if each.stock is None or each.stock >= line.quantity
    ]
    return sorted(found, key=lambda each: (each.product_id != own, each.sku))
