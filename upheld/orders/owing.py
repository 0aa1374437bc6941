"""What is still to be given back, from what outlives everything else: the ledger says what was decided, the movements
what was done.

A refund that the processor would not make, or that it forgot, is asked for again once an hour. When it fails too often,
the order says so to staff, and waits for them.
"""

from upheld import ledger, vault
from upheld.orders import charging
from upheld.orders.charging import NOTHING, Asked
from upheld.orders.models import Order
from upheld.orders.steps import enter, record
from upheld.orders.sums import sums_of
from upheld.orders.writing import SHOP
from upheld.payments.models import DONE, Instruction, Instructions
from upheld.payments.processor import Kind
from upheld.policy.acts import Act

FAILED = "refund_failed"
TRIES = 5


def owed(order: Order) -> int:
    """What staff decided to give back, and has not been given yet; what is under way counts as not given."""
    decided = 0
    for entry in _decisions(order):
        decided += entry.facts["amount"] if entry.act == Act.ORDER_REFUND else -entry.facts["amount"]
    sums = sums_of(order)
    return max(0, min(decided - sums.refunded, sums.held))


def is_called_off(order: Order) -> bool:
    """Whether it was cancelled or expired: known when the story is gone, too."""
    return bool(_entries(order, Act.ORDER_CANCEL, Act.ORDER_EXPIRE))


def ask_again(order: Order) -> Asked:
    """Refunds that came to nothing, once more. With the order held: see `following.held`."""
    failed = failed_refunds(order)
    if not failed.exists() or charging.was_asked_lately(order):
        return NOTHING
    missing = owed(order) - charging.under_way(order, Kind.REFUND)
    if missing <= 0:
        return NOTHING
    if failed.filter(pk__gt=_decisions(order)[-1].id).count() < TRIES:
        return charging.ask_refund(order, missing, by=SHOP)
    if not vault.is_erased(order.subject):
        record(order, FAILED, by=SHOP, amount=missing)
    enter(Act.ORDER_TROUBLE, order, by=SHOP, kind=FAILED, row=order.reference, amount=missing)
    return NOTHING


def failed_refunds(order: Order) -> Instructions:
    rows = Instruction.objects.filter(subject=order.subject, pays_for=order.pk, kind=Kind.REFUND)
    found: Instructions = rows.exclude(answered_at=None).exclude(outcome=DONE)
    return found


def _decisions(order: Order) -> "list[ledger.Entry]":
    """That staff gave something back, and that it failed for good."""
    found = _entries(order, Act.ORDER_REFUND, Act.ORDER_TROUBLE)
    return [each for each in found if each.act == Act.ORDER_REFUND or each.facts["kind"] == FAILED]


def _entries(order: Order, *acts: Act) -> "list[ledger.Entry]":
    found = ledger.Entry.objects.of(order.subject).filter(act__in=acts)
    return [each for each in found if each.facts.get("order") == order.reference]
