"""Money as billing looks at it from afar: what banks took back, what could not be given back, and whether our books
agree with the processor's. Numbers and amounts; no card, and nobody's name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from upheld.desk import waiting
from upheld.desk.waiting import Waiting
from upheld.orders.models import Order, Step
from upheld.orders.owing import FAILED
from upheld.orders.sums import sums_of_each
from upheld.payments.models import Payment
from upheld.payments.money import shown
from upheld.payments.recording import PREFIX, ids_in
from upheld.payments.verbs import Difference
from upheld.staff.models import Member

DISPUTE, REFUND = "dispute", "refund"
MOST = 200  # differences on a page
WHAT = MappingProxyType(
    {
        "amount": "The amount of the charge differs",
        "authorise": "A reservation differs",
        "cancel": "A release differs",
        "capture": "What was charged differs",
        "charge_missing": "The processor knows nothing of our charge",
        "charge_unknown": "We know nothing of the processor's charge",
        "currency": "The currency differs",
        "dispute": "What a bank took back differs",
        "dispute_won": "What a bank gave back differs",
        "refund": "What was given back differs",
        "refund_failed": "What could not be given back differs",
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """A matter and the amount that it is about, as people read it."""

    row: Waiting
    amount: str


@dataclass(frozen=True, slots=True)
class Differs:
    """`order` is its number, empty for a charge that no order of ours knows."""

    order: str
    reference: str
    what: str
    ours: str
    theirs: str


def disputes(member: Member) -> tuple[list[Row], bool]:
    """Those that wait, the oldest first, and whether there are more."""
    rows, more = waiting.page(DISPUTE, 1, member)
    orders = _orders(row.about for row in rows)
    sums = sums_of_each(orders.values())
    amounts = {id: shown(sums[id].disputed, order.currency) for id, order in orders.items()}
    return [Row(row, amounts.get(row.about, "")) for row in rows], more


def failed_refunds(member: Member) -> tuple[list[Row], bool]:
    """Likewise: those that the processor would not make, and those that staff look into."""
    rows, more = waiting.page(REFUND, 1, member)
    orders = _orders(row.about for row in rows)
    failed = Step.objects.filter(subject__in={each.subject for each in orders.values()}, order__in=orders, kind=FAILED)
    amounts = {step.order: shown(step.amount or 0, orders[step.order].currency) for step in failed.order_by("id")}
    return [Row(row, amounts.get(row.about, "")) for row in rows], more


def explained(differences: Sequence[Difference]) -> list[Differs]:
    """Each with the order that it is about, in words."""
    of = {each.pk: each for each in Payment.objects.filter(pk__in=ids_in(each.reference for each in differences))}
    orders = _orders(payment.pays_for for payment in of.values())
    return [_explained(each, {f"{PREFIX}{id}": payment for id, payment in of.items()}, orders) for each in differences]


def _explained(each: Difference, payments: dict[str, Payment], orders: dict[UUID, Order]) -> Differs:
    payment = payments.get(each.reference)
    order = orders.get(payment.pays_for) if payment else None
    ours, theirs = (_amount(side, payment) for side in (each.ours, each.theirs))
    return Differs(order.number if order else "", each.reference, WHAT.get(each.what, each.what), ours, theirs)


def _amount(side: str, payment: Payment | None) -> str:
    """In minor units where the currency is not known."""
    return shown(int(side), payment.currency) if side.isdigit() and payment is not None else side


def _orders(ids: Iterable[UUID]) -> dict[UUID, Order]:
    return {each.pk: each for each in Order.objects.filter(pk__in=set(ids))}
