"""An order is over before it is filled: cancelled, given up, expired, or settled before its person is erased.

What is over, why, and what the processor is to release and give back are written down in one transaction; the
processor is asked after it, again and again if need be.
"""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import vault
from upheld.orders import charging, drafting, pending, stock, troubling
from upheld.orders.answers import Later
from upheld.orders.charging import Asked
from upheld.orders.errors import NotNow
from upheld.orders.finding import ENDED
from upheld.orders.following import follow, held, undo
from upheld.orders.letters import About, OrderCancelled, OrderExpired
from upheld.orders.models import PARCEL, Line, Order, Shipment, Trouble
from upheld.orders.steps import checked_reason, enter, record, taken
from upheld.orders.sums import sums_of
from upheld.orders.troubling import CANCELLED, DISPUTE, EXPIRED
from upheld.orders.writing import SHOP, write
from upheld.payments.answers import Done
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import failing, holding

NOT_YET = Later("It is cancelled. The payment processor has not answered yet; we go on asking.")


def cancel(order: Order, *, by: Actor, reason: str = "") -> Order | Later:
    """Call an order off: the person until it is packed, staff until it is shipped.

    What is reserved is released, and what was charged is given back. Must not run inside a transaction. Raises NotNow
    with the reason, ReasonUnknown, Refused.
    """
    require(Act.ORDER_CANCEL, by=by, subject=order.subject)
    reason = checked_reason(reason)
    with transaction.atomic():
        order = held(order)
        _check_open(order, "cancelled")
        if by.kind is Kind.PERSON:
            _check_not_packed(order)
        asked = _end(order, CANCELLED, OrderCancelled, by=by, reason=reason)
    return _carried_out(order, asked)


def give_up(trouble: Trouble, *, by: Actor) -> Order | Later:
    """Cancel an order that is in trouble, whatever was done for it already, and get the money back.

    Raises NotNow when the trouble is over or is the bank's to end, Refused.
    """
    require(Act.ORDER_CANCEL, by=by, subject=trouble.subject)
    with transaction.atomic():
        order = held(troubling.locked(trouble))
        if trouble.kind == DISPUTE:
            raise NotNow(order, "given up", "your bank decides about the money.")
        _check_open(order, "given up", shipped=trouble.kind == troubling.UNDELIVERABLE)
        asked = _end(order, CANCELLED, OrderCancelled, by=by, reason=_WHY[trouble.kind])
    return _carried_out(order, asked)


_WHY = {"declined": "payment", "out_of_stock": "out_of_stock", "undeliverable": "address"}


def expire(trouble: Trouble) -> None:
    """Nobody mended it in time. A dispute about what was filled already ends without another word about money."""
    require(Act.ORDER_EXPIRE, by=SHOP, subject=trouble.subject)
    asked: Asked = ()
    with transaction.atomic():
        order = held(Order(pk=trouble.order, subject=trouble.subject))
        if not troubling.open_troubles(order).filter(pk=trouble.pk).exists():
            return
        if pending.is_under_way(order):
            return  # until it is known whether the parcel left
        if trouble.kind == DISPUTE and _is_filled(order):
            troubling.end(order, ending=EXPIRED, by=SHOP, kinds=(DISPUTE,))
            enter(Act.ORDER_EXPIRE, order, by=SHOP, kind=DISPUTE, row=trouble.reference)
            return
        asked = _end(order, EXPIRED, OrderExpired, by=SHOP, reason="expired")
    _carried_out(order, asked)


def settle(subject: UUID, *, by: Actor) -> int:
    """Before a person is erased: what was not placed is dropped, and what has not left is called off and its money
    released or given back. Returns how many orders that were. One that fails keeps no other waiting. Safe to repeat.
    Raises Refused; OnHold while a hold stands, which is looked at before each."""
    require(Act.ORDER_CANCEL, by=by, subject=subject)
    return failing.each(partial(_settle, by=by), list(Order.objects.for_subject(subject)))


def _settle(order: Order, *, by: Actor) -> bool:
    with transaction.atomic():
        holding.refuse_unless_going(order.subject)
        order = held(order)
        if order.placed_at is None:
            drafting.drop(order)
            return False
        if taken(order, *ENDED).exists() or _is_filled(order):
            return False
        asked = _end(order, CANCELLED, OrderCancelled, by=by)
    _carried_out(order, asked)
    return True


def _end(order: Order, how: str, letter: type[About], *, by: Actor, reason: str = "") -> Asked:
    """Over, once. With the order locked and looked at; what is returned is to be carried out after the commit."""
    was_sent = Shipment.objects.of(order).exclude(shipped_at=None).exists()
    pending.drop(order)
    Shipment.objects.of(order).filter(shipped_at__isnull=False, returned_at=None).update(returned_at=timezone.now())
    if not was_sent:
        stock.put_back(order)
    troubling.end(order, ending=how, by=by)
    record(order, how, by=by, reason=reason)
    enter(Act.ORDER_EXPIRE if how == EXPIRED else Act.ORDER_CANCEL, order, by=by, reason=reason)
    write(letter, order)
    return undo(order)


def _carried_out(order: Order, asked: Asked) -> Order | Later:
    answers = charging.carry_out(asked, by=SHOP)
    follow(order)
    return order if all(isinstance(answer, Done) for answer in answers) else NOT_YET


def _check_open(order: Order, what: str, *, shipped: bool = False) -> None:
    """Raises NotNow for an order that is not placed, over, or on its way (unless that is what went wrong)."""
    if order.placed_at is None:
        raise NotNow(order, what, "it was not placed.")
    if vault.is_erased(order.subject):
        raise NotNow(order, what, "its person was erased, and it was settled before.")
    if taken(order, *ENDED).exists():
        raise NotNow(order, what, "it is over already.")
    waits = troubling.open_troubles(order).exists()  # and so does a parcel that nobody asks the carrier for now
    if pending.is_under_way(order) or (pending.of(order).exists() and not waits):
        raise NotNow(order, what, "its parcel is being handed to the carrier.")
    if not shipped and Shipment.objects.of(order).filter(returned_at=None).exists():
        raise NotNow(order, what, "its parcel has left.")
    if _is_filled(order) and not shipped:
        raise NotNow(order, what, "it is filled already.")


def _check_not_packed(order: Order) -> None:
    if taken(order, "packed").exists() and not troubling.open_troubles(order).exists():
        raise NotNow(order, "cancelled", "it is packed already. Write to us, or send the parcel back.")


def _is_filled(order: Order) -> bool:
    """Everything was done: parcels have left, and the rest is charged for."""
    if Line.objects.of(order).filter(kind=PARCEL).exists():
        return bool(Shipment.objects.of(order).filter(shipped_at__isnull=False, returned_at=None).exists())
    sums = sums_of(order)
    return bool(sums.captured and not Line.objects.of(order).filter(invoice=None).exists())
