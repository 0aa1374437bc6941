"""Packing and shipping. The carrier is handed the name and the address that it needs, once, and nothing else.

    1  the shipment is a row, asked for                       one transaction
    2  the card is charged, and the invoice issued            the payments room; `following`
    3  the carrier receives the address, on record            one transaction
    4  the carrier takes the parcel, under the shipment's id  no transaction
    5  the tracking number is sealed, the person written to   one transaction

Whoever dies in between leaves a shipment that is only asked for; it is carried on with, and nothing is charged,
disclosed or bought twice. A card or an address that is refused ends it, and the order is in trouble. An order that is
over ends it too, and one that is in trouble lets it wait: each step looks at that before it does anything.
"""

import re
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from upheld import vault
from upheld.home import HomeError
from upheld.orders import carriers, pending, troubling
from upheld.orders.answers import InTrouble, Later, Refusal
from upheld.orders.carriers import (
    Addressee,
    Carrier,
    CarrierError,
    CarrierRefused,
    CarrierUnreachable,
    Goods,
    Label,
    Parcel,
    Undeliverable,
)
from upheld.orders.collecting import CALLED_OFF, charge, stopped
from upheld.orders.errors import NotNow, TrackingMissing
from upheld.orders.following import advance
from upheld.orders.letters import OrderShipped
from upheld.orders.models import PARCEL, Line, Order, Shipment, Variant
from upheld.orders.periods import SOMEBODY_IS_THERE
from upheld.orders.refused import refused, uses
from upheld.orders.states import State, state
from upheld.orders.steps import enter, record
from upheld.orders.sums import sums_of
from upheld.orders.troubling import MENDED, UNDELIVERABLE
from upheld.orders.writing import SHOP, write
from upheld.payments.money import money
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.errors import AlreadyHeld
from upheld.vault.models import Disclosure

RECIPIENT, PURPOSE, SOURCE = "carrier", "fulfilment", "order"
DATA = ("name", "address", "country")
TRACKING = re.compile(r"[A-Za-z0-9]{4,60}")
BUSY = Later("This parcel is being handed to the carrier already, and goes on by itself.")
TAKEN = Refusal("Another parcel has this tracking number already.", "tracking")
NO_NUMBER = Refusal("Give the tracking number in 4 to 60 letters and digits.", "tracking")
WHY_NOT = {
    State.CANCELLED: "it is cancelled.",
    State.DELIVERED: "its parcel has arrived.",
    State.DRAFTED: "it was not placed.",
    State.EXPIRED: "it is over.",
    State.PACKED: "it is packed already.",
    State.PAID: "it has no parcel that is waiting.",
    State.PART_REFUNDED: "it is filled.",
    State.PLACED: "it is not paid yet.",
    State.REFUNDED: "its money was given back.",
    State.SHIPPED: "its parcel is on its way.",
    State.TROUBLE: "it is in trouble, which has to be mended first.",
}


@transaction.atomic
def pack(order: Order, *, by: Actor) -> Order:
    """The parcel is packed. Raises NotNow, Refused."""
    require(Act.ORDER_PACK, by=by, subject=order.subject)
    order = Order.objects.lock(order)
    _check(order, "packed", State.PAID)
    record(order, "packed", by=by)
    enter(Act.ORDER_PACK, order, by=by)
    return order


def ship(
    order: Order, *, by: Actor, carrier: str | None = None, tracking: str = ""
) -> Shipment | InTrouble | Refusal | Later:
    """Charge the card and hand the parcel to the carrier. By hand, staff give the tracking number.

    Must not run inside a transaction. Raises NotNow, TrackingMissing, HomeError (a carrier's settings), Refused.
    """
    require(Act.ORDER_SHIP, by=by, subject=order.subject)
    chosen = carriers.named(carrier) if carrier else carriers.current()
    tracking = re.sub(r"[\s-]", "", tracking)
    if not tracking and not chosen.needs_address_by_api:
        raise TrackingMissing
    if tracking and not TRACKING.fullmatch(tracking):
        return NO_NUMBER
    try:
        shipment = _ask(order, chosen, tracking, by=by)
    except AlreadyHeld:
        return TAKEN
    return carry_on(shipment, by=by) if shipment is not None else BUSY


def resume(shipment: Shipment) -> None:
    """Carry on with one that somebody left, unless somebody is at it again, or it has to wait."""
    with transaction.atomic():
        order = Order.objects.lock(Order(pk=shipment.order, subject=shipment.subject))
        why = stopped(order, shipment)
        mine = _claim(pending.of(order).filter(pk=shipment.pk).first()) if why is None else None
    if mine is not None:
        carry_on(mine)


def carry_on(shipment: Shipment, *, by: Actor = SHOP) -> Shipment | InTrouble | Refusal | Later:
    """Everything after the shipment was asked for, from wherever it stands."""
    order = Order.objects.get(subject=shipment.subject, pk=shipment.order)
    unpaid = charge(order, shipment)
    if unpaid is not None:
        return unpaid
    try:
        carrier = carriers.named(shipment.carrier)
        to = _ready(order, shipment, by=by)
        if not isinstance(to, Addressee):
            return to
        label = carrier.ship(to, _parcel(order), reference=order.number, key=str(shipment.pk))
    except CarrierUnreachable as error:
        return Later(error.sentence)
    except Undeliverable:
        return _undeliverable(order)
    except CarrierRefused as error:
        pending.drop(order)
        return Refusal(error.sentence, "carrier")
    except HomeError:
        pending.drop(order)
        raise
    shipped = _shipped(order, shipment, label, by=by)
    if shipped is None:
        return _taken_back(carrier, label)
    if sums_of(order).reserved:
        advance(order)  # something cheaper went: the rest is released
    return shipped


@transaction.atomic
def deliver(order: Order, *, by: Actor) -> Order:
    """The parcel has arrived. Raises NotNow, Refused."""
    require(Act.ORDER_DELIVER, by=by, subject=order.subject)
    order = Order.objects.lock(order)
    out = Shipment.objects.of(order).filter(shipped_at__isnull=False, delivered_at=None, returned_at=None)
    if not out.update(delivered_at=timezone.now()):
        raise NotNow(order, "delivered", "it has no parcel on its way.")
    troubling.end(order, ending=MENDED, by=SHOP, kinds=(UNDELIVERABLE,))
    record(order, "delivered", by=by)
    enter(Act.ORDER_DELIVER, order, by=by)
    return order


@transaction.atomic
def came_back(order: Order) -> None:
    """The carrier could not bring the parcel: the person is written to, and another can be sent."""
    order = Order.objects.lock(order)
    out = Shipment.objects.of(order).filter(shipped_at__isnull=False, delivered_at=None, returned_at=None).first()
    if out is not None:
        out.returned_at = timezone.now()
        out.save(update_fields=["returned_at"])
        record(order, "returned", by=SHOP)
        enter(Act.ORDER_TROUBLE, order, by=SHOP, kind="returned", row=out.reference)
        troubling.begin(order, UNDELIVERABLE, by=SHOP)


@transaction.atomic
def _ask(order: Order, carrier: Carrier, tracking: str, *, by: Actor) -> Shipment | None:
    """The shipment, which is ours to carry on with; nothing when somebody is at it now."""
    order = Order.objects.lock(order)
    asked: Shipment | None = pending.of(order).first()
    if asked is not None:
        return _claim(asked)
    _check(order, "shipped", State.PAID, State.PACKED)
    now = timezone.now()
    shipment = Shipment(subject=order.subject, order=order.pk, carrier=carrier.name, asked_at=now, tried_at=now)
    enter(Act.ORDER_SHIP, order, by=by, row=shipment.reference, carrier=carrier.name, step="asked")
    if not tracking:
        shipment.save(force_insert=True)
        return shipment
    return vault.collect(shipment, {"tracking": tracking}, source=SOURCE, by=SHOP)


def _claim(asked: Shipment | None) -> Shipment | None:
    """One at a time asks the carrier: two at once might both buy. With the order locked."""
    now = timezone.now()
    if asked is None or (asked.tried_at is not None and asked.tried_at > now - SOMEBODY_IS_THERE):
        return None
    asked.tried_at = now
    asked.save(update_fields=["tried_at"])
    return asked


def _check(order: Order, what: str, *wanted: State) -> None:
    now = state(order)
    why = refused(order, *uses(order))
    if why is not None:
        raise NotNow(order, what, why.sentence)
    if now not in wanted or not Line.objects.of(order).filter(kind=PARCEL).exists():
        raise NotNow(order, what, WHY_NOT[now])


@transaction.atomic
def _ready(order: Order, shipment: Shipment, *, by: Actor) -> Addressee | Refusal | InTrouble:
    """Looked at once more, with the order locked: after this, the carrier is asked."""
    why = stopped(Order.objects.lock(order), shipment)
    return why if why is not None else hand_over(order, shipment, by=by)


@transaction.atomic
def hand_over(order: Order, shipment: Shipment, *, by: Actor) -> Addressee:
    """What the carrier receives: disclosed for this shipment once, and opened again when it is carried on with."""
    Order.objects.lock(order)  # whoever else is at it comes after
    fields = [name for name in order.held() if order.field(name).datum in DATA]
    before = Disclosure.objects.filter(subject=order.subject, recipient=RECIPIENT)
    for_order = before.filter(because=order.reference).first()
    if before.filter(because=shipment.reference).exists() or (for_order and for_order.at >= shipment.asked_at):
        opened = vault.open(order, fields, by=by, purpose=PURPOSE, because=order.reference)
    else:
        because = shipment.reference if for_order else order.reference  # another parcel is another disclosure
        opened = vault.disclose(order, fields, to=RECIPIENT, by=by, because=because)
    return Addressee(**{name: value or "" for name, value in opened.items()})


def _parcel(order: Order) -> Parcel:
    lines = list(Line.objects.of(order).filter(kind=PARCEL))
    weights = dict(Variant.objects.filter(pk__in=[line.variant for line in lines]).values_list("pk", "weight"))
    goods = [
        Goods(line.title, line.quantity, money(line.net, order.currency), weights[line.variant] * line.quantity)
        for line in lines
    ]
    return Parcel(sum(each.weight for each in goods), goods=goods)


@transaction.atomic
def _shipped(order: Order, shipment: Shipment, label: Label, *, by: Actor) -> Shipment | None:
    """It has left; None when it was called off while the carrier was asked."""
    order = Order.objects.select_for_update().filter(subject=order.subject, pk=order.pk).first() or order
    found: Shipment | None = Shipment.objects.of(order).select_for_update().filter(pk=shipment.pk).first()
    if found is None or found.shipped_at is not None:
        return found
    if label.tracking and "tracking" not in found.held():
        found = vault.collect(found, {"tracking": label.tracking}, source=SOURCE, by=SHOP)
    found.carrier_id, found.shipped_at = label.carrier_id, timezone.now()
    found.save(update_fields=["carrier_id", "shipped_at"])
    record(order, "shipped", by=by)
    enter(Act.ORDER_SHIP, order, by=by, row=found.reference, carrier=found.carrier)
    write(OrderShipped, order)
    return found


def _taken_back(carrier: Carrier, label: Label) -> Refusal:
    """The postage was bought for nothing, and is given back if the carrier can."""
    if label.carrier_id:
        with suppress(CarrierError):
            carrier.void(label.carrier_id)
    return CALLED_OFF


@transaction.atomic
def _undeliverable(order: Order) -> InTrouble | Refusal:
    found = troubling.begin(Order.objects.lock(order), UNDELIVERABLE, by=SHOP)
    return InTrouble(found, troubling.sentence(found)) if found else CALLED_OFF
