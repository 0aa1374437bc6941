"""An order follows its money: each movement that the processor tells of becomes a step, once, with what belongs to it.

`follow` may be called at any time by anyone, and does nothing twice. `advance` then asks for what is due. Both are
called by the verbs, when the payments room says that something moved, and by the sweep for what a crash left.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from upheld import vault
from upheld.orders import charging, issuing, owing, troubling
from upheld.orders.charging import NOTHING, Asked
from upheld.orders.finding import ENDED
from upheld.orders.letters import OrderPlaced, OrderRefunded
from upheld.orders.models import PARCEL, Line, Order, Step
from upheld.orders.steps import enter, record, taken
from upheld.orders.sums import sums_of
from upheld.orders.troubling import DECLINED, DISPUTE, MENDED
from upheld.orders.writing import SHOP, write
from upheld.payments.answers import Refused
from upheld.payments.models import Movement, Payment
from upheld.payments.money import shown
from upheld.payments.processor import Kind
from upheld.policy.acts import Act


def moved(payment: Payment, kinds: frozenset[str]) -> None:
    """The payments room has news of a payment."""
    order = Order.objects.filter(subject=payment.subject, pk=payment.pays_for).first()
    if order is None:
        return
    if "declined" in kinds or "cancelled" in kinds:
        declined(order, payment.outcome)
    advance(order)


@transaction.atomic
def follow(order: Order) -> None:
    """Every movement of the order that no step tells of yet."""
    held(order)


def held(order: Order) -> Order:
    """The order, locked with its payments, and every movement told: nothing of its money moves until the transaction
    ends. Whoever decides about money decides on this. An erased person's order has no story to go on with."""
    found: Order | None = Order.objects.select_for_update().filter(subject=order.subject, pk=order.pk).first()
    charging.hold(order)
    if vault.is_erased(order.subject):
        if found is not None:
            _keep_books(found)
        return found or order
    order = found or Order.objects.lock(order)
    for movement in untold().filter(subject=order.subject, pays_for=order.pk).order_by("at", "id"):
        _TOLD[Kind(movement.kind)](order, movement)
    return order


def _keep_books(order: Order) -> None:
    """What came after the erasure of the person: the credit notes for what was given back, and nothing else."""
    missing = issuing.charged(order) - (sums_of(order).captured - sums_of(order).refunded)
    if missing > 0:
        issuing.credit(order, missing)


def untold() -> Any:
    """Movements that no step tells of yet, of whatever order."""
    return Movement.objects.exclude(Exists(Step.objects.filter(subject=OuterRef("subject"), movement=OuterRef("pk"))))


def advance(order: Order) -> None:
    """Follow the money, and ask for what is due: downloads and services at once, all of it back when it is over."""
    follow(order)
    asked = _due(order)
    for answer in charging.carry_out(asked, by=SHOP):
        if isinstance(answer, Refused):
            declined(order, charging.refused_capture(order))
    if asked:
        follow(order)


@transaction.atomic
def declined(order: Order, reason: str) -> None:
    """The card cannot be charged for an order that is still wanted."""
    order = Order.objects.lock(order)
    if order.placed_at is None or not reason or vault.is_erased(order.subject) or taken(order, *ENDED).exists():
        return
    if sums_of(order).reserved and not charging.refused_capture(order):
        return
    troubling.begin(order, DECLINED, reason=reason, by=SHOP)


@transaction.atomic
def _due(order: Order) -> Asked:
    order = held(order)
    if order.placed_at is None:
        return NOTHING
    if vault.is_erased(order.subject):
        return NOTHING if charging.was_asked_lately(order) else _due_of_the_books(order)
    if taken(order, *ENDED).exists():
        return NOTHING if charging.was_asked_lately(order) else undo(order)
    if asked := owing.ask_again(order):
        return asked
    if troubling.open_troubles(order).exists():
        return NOTHING
    if charging.refused_capture(order):
        troubling.begin(order, DECLINED, reason=charging.refused_capture(order), by=SHOP)
        return NOTHING
    lines = issuing.uncharged(order)
    return charging.ask_capture(order, issuing.total(issuing.at_once(lines)), by=SHOP) if lines else rest(order)


def _due_of_the_books(order: Order) -> Asked:
    """An erased person's order is not filled any more: nothing stays reserved, and what was called off or what no
    invoice charges for goes back, also when the processor takes it only now."""
    if owing.is_called_off(order):
        return undo(order)
    over = max(sums_of(order).held - issuing.charged(order), 0)
    back = charging.ask_refund(order, over, by=SHOP) if over else owing.ask_again(order)
    return [*charging.ask_release(order, by=SHOP), *back]


def undo(order: Order) -> Asked:
    """Release and give back all there is, for an order that is over. With the order locked."""
    held = sums_of(order).held
    return [*charging.ask_release(order, by=SHOP), *(charging.ask_refund(order, held, by=SHOP) if held > 0 else ())]


def rest(order: Order) -> Asked:
    """Release what is left once everything is charged for: something cheaper was taken instead."""
    return charging.ask_release(order, by=SHOP) if sums_of(order).reserved else NOTHING


def _authorised(order: Order, movement: Movement) -> None:
    is_first = not taken(order, "authorised").exists()
    record(order, "authorised", by=SHOP, moved=movement)
    troubling.end(order, ending=MENDED, by=SHOP, kinds=(DECLINED,))
    if is_first and not taken(order, *ENDED).exists():
        lines = list(Line.objects.of(order))
        at_once, parcel = bool(issuing.at_once(lines)), any(line.kind == PARCEL for line in lines)
        write(OrderPlaced, order, total=shown(movement.amount, order.currency), parcel=parcel, at_once=at_once)


def _captured(order: Order, movement: Movement) -> None:
    record(order, "captured", by=SHOP, moved=movement)
    issuing.invoice(order, _so_far(order, "captured"))


def _refunded(order: Order, movement: Movement) -> None:
    record(order, "refunded", by=SHOP, moved=movement)
    issuing.credit(order, min(movement.amount, issuing.charged(order) - _kept(order)))
    write(OrderRefunded, order, amount=shown(movement.amount, order.currency))


def _refund_failed(order: Order, movement: Movement) -> None:
    """The person's bank sent it back. Its credit note stays, and staff give it back in another way, or once more."""
    record(order, owing.FAILED, by=SHOP, moved=movement)
    enter(Act.ORDER_TROUBLE, order, by=SHOP, kind=owing.FAILED, row=order.reference, amount=movement.amount)


def _released(order: Order, movement: Movement) -> None:
    record(order, "released", by=SHOP, moved=movement)


def _disputed(order: Order, movement: Movement) -> None:
    record(order, "disputed", by=SHOP, moved=movement)
    if not taken(order, *ENDED).exists():
        troubling.begin(order, DISPUTE, by=SHOP)


def _won(order: Order, movement: Movement) -> None:
    record(order, "dispute_won", by=SHOP, moved=movement)
    troubling.end(order, ending=MENDED, by=SHOP, kinds=(DISPUTE,))


def _kept(order: Order) -> int:
    """What was taken and not given back, as far as it is told."""
    failed = sum(step.amount or 0 for step in taken(order, owing.FAILED).exclude(movement=None))
    return _so_far(order, "captured") - _so_far(order, "refunded") + failed


def _so_far(order: Order, kind: str) -> int:
    return sum(step.amount or 0 for step in taken(order, kind))


_TOLD: Mapping[Kind, Callable[[Order, Movement], None]] = {
    Kind.AUTHORISE: _authorised,
    Kind.CANCEL: _released,
    Kind.CAPTURE: _captured,
    Kind.DISPUTE: _disputed,
    Kind.DISPUTE_WON: _won,
    Kind.REFUND: _refunded,
    Kind.REFUND_FAILED: _refund_failed,
}
