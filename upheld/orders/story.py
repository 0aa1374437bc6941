"""What became of an order, in words, and who received what for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from upheld.orders import charging
from upheld.orders.models import Order, Shipment, Step
from upheld.orders.steps import SHOP, YOU, taken
from upheld.payments.money import shown
from upheld.policy import force
from upheld.policy.document import Policy
from upheld.vault.models import Disclosure

WORDS = MappingProxyType(
    {
        "authorised": "The amount was reserved on the card",
        "cancelled": "The order was cancelled",
        "captured": "The card was charged",
        "delivered": "The parcel arrived",
        "dispute_won": "The bank gave back what it had taken",
        "disputed": "The bank took the money back",
        "drafted": "The order form was filled in",
        "expired": "The order was over: it was not mended in time",
        "mended": "That was mended",
        "packed": "The parcel was packed",
        "placed": "The order was placed",
        "refund_asked": "A refund was asked for",
        "refund_failed": "The payment processor would not give the money back",
        "refunded": "The money was given back",
        "released": "What was reserved on the card was released",
        "returned": "The parcel could not be brought",
        "shipped": "The parcel was handed to the carrier",
        "trouble": "Something kept the order from being filled",
    }
)
WHY = MappingProxyType(
    {
        "address": "the address",
        "changed_mind": "a change of mind",
        "damaged": "it was damaged",
        "declined": "the card could not be charged",
        "dispute": "the bank took the money back",
        "duplicate": "it was ordered twice",
        "expired": "it was not mended in time",
        "fraud": "fraud",
        "goodwill": "goodwill",
        "late": "it was late",
        "lost": "it was lost",
        "out_of_stock": "something was not there",
        "payment": "the payment",
        "price": "the price",
        "returned": "it came back",
        "trouble": "trouble",
        "undeliverable": "the parcel cannot be brought there",
        "wrong_item": "it was the wrong item",
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """One step, for people. `why` and `amount` are empty where there is none."""

    at: datetime
    kind: str
    what: str
    who: str
    why: str
    amount: str


@dataclass(frozen=True, slots=True)
class Received:
    """That a third party received something for this order; `entry` is the ledger's, from which a proof is made."""

    at: datetime
    recipient: str
    fields: tuple[str, ...]
    purpose: str
    entry: UUID


def story(order: Order) -> list[Told]:
    """What happened, who did it and why, oldest first."""
    policy = force.in_force()
    return [_told(step, order.currency, policy) for step in sorted(taken(order), key=lambda step: (step.at, step.pk))]


def disclosures(order: Order) -> list[Received]:
    """Who received what, for the order or to pay for it, oldest first: in the policy's own words."""
    policy = force.in_force()
    found = Disclosure.objects.filter(subject=order.subject, because__in=list(_references(order)))
    return [_received(each, policy) for each in found.order_by("at", "id")]


def _references(order: Order) -> Iterator[str]:
    yield order.reference
    yield f"card:{order.card}"
    for payment in charging.payments_of(order):
        yield payment.reference
        yield f"card:{payment.card}"
    for shipment in Shipment.objects.of(order):
        yield shipment.reference


def _told(step: Step, currency: str, policy: Policy) -> Told:
    amount = "" if step.amount is None else shown(step.amount, currency)
    why = WHY.get(step.reason, step.reason)
    return Told(step.at, step.kind, WORDS[step.kind], _who(step.by, policy), why, amount)


def _who(by: str, policy: Policy) -> str:
    """The program's own name first: a policy may have a job that is called shop."""
    known = {YOU: "You", SHOP: "The shop"}
    job = policy.jobs.get(by)
    return known.get(by) or (job.title if job else "") or by


def _received(each: Disclosure, policy: Policy) -> Received:
    recipient, purpose = policy.recipients.get(each.recipient), policy.purposes.get(each.purpose)
    titles = [policy.data[datum].title or datum if datum in policy.data else datum for datum in each.fields]
    who = (recipient.title if recipient else "") or each.recipient
    return Received(each.at, who, tuple(titles), (purpose.title if purpose else "") or each.purpose, each.entry)
