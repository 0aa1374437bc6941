"""What may still change in an order, once it is placed: what is on its way to someone is corrected with care."""

from collections.abc import Callable

from django.db import transaction

from upheld import vault
from upheld.orders import addresses
from upheld.orders.addresses import AddressUnfit
from upheld.orders.answers import Refusal
from upheld.orders.guests import is_found_by
from upheld.orders.models import Document, Order, Shipment
from upheld.orders.restating import STATED, restate
from upheld.orders.states import State, state
from upheld.policy.actors import Actor

OVER = (State.CANCELLED, State.DELIVERED, State.DRAFTED, State.EXPIRED, State.PART_REFUNDED, State.REFUNDED)
TAXED = Refusal(
    "Tax and shipping depend on the country, so it cannot change while the order is open. Cancel the order and make "
    "another one.",
    "country",
)
LEAVING = Refusal("The parcel is being handed over just now. Try again in a few minutes.")


@transaction.atomic
def correct(order: Order, field: str, value: str, *, by: Actor, because: str = "") -> list[Document] | Refusal:
    """Put another value in place of the one held. What was issued stays as it is: returns the corrections that were
    issued beside it. Raises Refused, and what the vault raises."""
    order = Order.objects.lock(order)
    answer = corrected(order, field, value, by=by)
    if isinstance(answer, Refusal):
        return answer
    if field in STATED:
        return restate(order, field, answer, by=by, because=because)
    order = vault.correct(order, {field: answer}, source="account", by=by, because=because)
    if field == "email":
        is_found_by(order, answer)
    return []


def may_change(order: Order, field: str) -> Refusal | None:
    """Why a field cannot change just now, whatever would be said instead."""
    return None if state(order) in OVER else _refused(order, field)


def _refused(order: Order, field: str) -> Refusal | None:
    if field == "country":
        return TAXED
    return LEAVING if Shipment.objects.of(order).filter(shipped_at=None).exists() else None


def corrected(order: Order, field: str, value: str, *, by: Actor) -> str | Refusal:
    """The value to be held instead: an address as its country writes it, as long as the order is open."""
    if state(order) in OVER:
        return value
    refused = _refused(order, field)
    if refused is not None:
        return refused
    if field == "name":
        return _read(lambda: addresses.read_name(value), field, value)
    if field in addresses.PARTS:
        return _read(lambda: _part(order, field, value, by=by), field, value)
    return value


def _part(order: Order, field: str, value: str, *, by: Actor) -> str:
    """One part of an address, read with the others as its country has them."""
    names = [name for name in (*addresses.PARTS, "country") if name in order.held()]
    opened = vault.open(order, names, by=by, purpose="correction")
    whole = {name: opened.get(name) or "" for name in addresses.PARTS} | {field: value}
    return addresses.read(whole, opened.get("country") or "")[field]


def _read(read: Callable[[], str], field: str, value: str) -> str | Refusal:
    """What another part lacks is no reason to refuse this one: one part at a time is corrected."""
    try:
        return read()
    except AddressUnfit as error:
        return Refusal(error.sentences[field], field) if field in error.sentences else value
