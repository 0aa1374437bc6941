"""The money of an order is asked for: decided and written down with the order locked, then carried out.

    with transaction.atomic():
        order = Order.objects.lock(order)
        asked = ask_capture(order, amount, by=by)
    moved = carry_out(asked, by=by)

What was written down happens once, whatever dies in between: the payments room asks again until there is an answer.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from upheld.orders.models import Order
from upheld.payments import moving, totals
from upheld.payments.answers import Moved
from upheld.payments.models import CHALLENGED, DONE, Instruction, Payment
from upheld.payments.processor import Kind
from upheld.policy.actors import Actor
from upheld.policy.standing import BILLING
from upheld.vault.restricting import is_restricted

Asked = Sequence[tuple[Instruction, Payment]]
NOTHING: Asked = ()
AGAIN_AFTER = timedelta(hours=1)  # what the processor would not do is not asked for at once again


def payments_of(order: Order) -> list[Payment]:
    """What was tried to pay for it, the first try first."""
    return list(Payment.objects.for_subject(order.subject).for_thing(order.pk))


def hold(order: Order) -> None:
    """Lock the payments too: until the transaction ends, whatever was asked for is either moved or under way."""
    list(Payment.objects.select_for_update().for_subject(order.subject).for_thing(order.pk))


def latest(order: Order) -> Payment | None:
    return next(reversed(payments_of(order)), None)


def ask_capture(order: Order, amount: int, *, by: Actor) -> Asked:
    """Take so much of what is reserved; nothing while anything is being taken already, for whatever lines that is, nor
    while the person refuses to have their data used for it. With the order held: see `following.held`."""
    if under_way(order, Kind.CAPTURE) or is_restricted(order.subject, BILLING):
        return NOTHING
    payments = payments_of(order)
    reserved = totals.of(payments)
    enough = [payment for payment in reversed(payments) if reserved[payment.pk].reserved >= amount]
    return _begun(enough[0], Kind.CAPTURE, amount, by=by) if enough and amount > 0 else NOTHING


def ask_refund(order: Order, amount: int, *, by: Actor) -> Asked:
    """Give so much back, from the latest payment first. Less is asked for when less is there."""
    asked: list[tuple[Instruction, Payment]] = []
    payments = payments_of(order)
    taken = totals.of(payments)
    for payment in reversed(payments):
        part = min(amount, taken[payment.pk].ours - _under_way(payment, Kind.REFUND))
        if part > 0:
            asked += _begun(payment, Kind.REFUND, part, by=by)
            amount -= part
    return asked


def ask_release(order: Order, *, by: Actor) -> Asked:
    """Let go of all that is reserved and not taken, and of what still waits for the bank's question."""
    payments = payments_of(order)
    reserved = totals.of(payments)
    held = [p for p in payments if reserved[p.pk].reserved or p.outcome == CHALLENGED]
    return [each for payment in held for each in _begun(payment, Kind.CANCEL, None, by=by)]


def carry_out(asked: Asked, *, by: Actor) -> list[Moved]:
    """Ask the processor. Never call it within a transaction."""
    return [moving.finish(instruction, payment, by=by) for instruction, payment in asked]


def under_way(order: Order, kind: Kind) -> int:
    """How much was asked for and is not answered yet."""
    return sum(_under_way(payment, kind) for payment in payments_of(order))


def refused_capture(order: Order) -> str:
    """Why the processor would not take what was reserved last; empty when it was not asked, or did."""
    payment = latest(order)
    if payment is None:
        return ""
    last = Instruction.objects.of(payment, [Kind.CAPTURE]).exclude(answered_at=None).order_by("pk").last()
    return last.outcome if last is not None and last.outcome != DONE else ""


def was_asked_lately(order: Order) -> bool:
    since = timezone.now() - AGAIN_AFTER
    back = Instruction.objects.filter(subject=order.subject, pays_for=order.pk, asked_at__gt=since)
    return bool(back.filter(kind__in=[Kind.REFUND, Kind.CANCEL], answered_at__isnull=False).exists())


def _begun(payment: Payment, kind: Kind, amount: int | None, *, by: Actor) -> Asked:
    asked = moving.begin(payment, kind, amount, by=by)
    return [(asked, payment)] if isinstance(asked, Instruction) else NOTHING


def _under_way(payment: Payment, kind: Kind) -> int:
    rows = Instruction.objects.of(payment, [kind]).unanswered()
    return rows.aggregate(sum=Sum("amount"))["sum"] or 0
