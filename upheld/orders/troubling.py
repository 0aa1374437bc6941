"""Something keeps an order from being filled: it is on record, and the person is written to, in one transaction."""

from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils import timezone

from upheld import vault
from upheld.orders import links, pending
from upheld.orders.answers import Refusal
from upheld.orders.errors import NotNow, ReasonUnknown, TroubleUnknown
from upheld.orders.finding import ENDED
from upheld.orders.letters import DisputeOpened, OrderInTrouble, OrderReminder
from upheld.orders.models import TROUBLES, Line, Order, Trouble
from upheld.orders.periods import TROUBLE_KEEPS, WRITTEN_AGAIN_AFTER
from upheld.orders.steps import checked_reason, enter, record, taken
from upheld.orders.writing import write
from upheld.payments.answers import SENTENCES
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

DECLINED, DISPUTE, OUT_OF_STOCK, UNDELIVERABLE = TROUBLES
MENDED, CANCELLED, EXPIRED = "mended", "cancelled", "expired"
WRITTEN_LATELY = Refusal("The person was written to about this within the last day. Write again tomorrow.")
WORDS = MappingProxyType(
    {
        DECLINED: ("your card could not be charged.", "Choose or type another card, or cancel the order, here:"),
        DISPUTE: (
            "your bank has taken back what you paid for it.",
            "If that is a mistake, tell your bank, or write to us. What we know of the order is here:",
        ),
        OUT_OF_STOCK: (
            "something in it turned out not to be there.",
            "Choose something else in its place, or cancel the order and get your money back, here:",
        ),
        UNDELIVERABLE: (
            "the parcel cannot be brought to the address you gave.",
            "Correct the address, or cancel the order and get your money back, here:",
        ),
    }
)
"""What happened, and the way to mend it. The letters and the page say the same."""


def sentence(trouble: Trouble) -> str:
    """What happened and what to do, on a page."""
    what = WORDS[trouble.kind][0]
    why = SENTENCES.get(trouble.reason, "") if trouble.kind == DECLINED else ""
    return f"We cannot fill this order yet: {what} {why}".strip()


@transaction.atomic
def trouble(order: Order, *, kind: str, reason: str = "", by: Actor) -> Trouble:
    """Staff found that an order cannot be filled: `undeliverable`, or `out_of_stock` with the SKU that is not there.

    The same trouble told again is the same trouble. Raises TroubleUnknown, ReasonUnknown, NotNow, Refused.
    """
    require(Act.ORDER_TROUBLE, by=by, subject=order.subject)
    if kind not in (OUT_OF_STOCK, UNDELIVERABLE):
        raise TroubleUnknown(kind, f"{OUT_OF_STOCK}, {UNDELIVERABLE}")
    order = Order.objects.lock(order)
    if order.placed_at is None or taken(order, *ENDED).exists():
        raise NotNow(order, "troubled", "it is not open.")
    reason = _missing(order, reason) if kind == OUT_OF_STOCK else checked_reason(reason)
    found = begin(order, kind, reason=reason, by=by)
    if found is None:
        raise NotNow(order, "troubled", "it is not open.")
    return found


def begin(order: Order, kind: str, *, reason: str = "", by: Actor) -> Trouble | None:
    """On record and written of, once while it lasts; a new reason replaces the one before. With the order locked.

    A parcel that is asked for does not go to an address that is wrong. None, and nothing, for somebody who was erased.
    """
    if vault.is_erased(order.subject):
        return None
    if kind == UNDELIVERABLE:
        pending.drop(order)
    known: Trouble | None = open_troubles(order).filter(kind=kind).first()
    if known is not None:
        if known.reason != reason:
            known.reason = reason
            known.save(update_fields=["reason"])
            enter(Act.ORDER_TROUBLE, order, by=by, kind=kind, row=known.reference, reason=reason)
        return known
    now = timezone.now()
    found = Trouble.objects.create(
        subject=order.subject, order=order.pk, kind=kind, reason=reason, found_at=now, ends_at=now + TROUBLE_KEEPS
    )
    record(order, "trouble", by=by, reason=kind)
    enter(Act.ORDER_TROUBLE, order, by=by, kind=kind, row=found.reference, reason=reason)
    _write(DisputeOpened if kind == DISPUTE else OrderInTrouble, order, found)
    return found


def end(order: Order, *, ending: str, by: Actor, kinds: tuple[str, ...] = TROUBLES) -> int:
    """The troubles of these kinds are over. With the order locked; returns how many there were."""
    found = list(open_troubles(order).filter(kind__in=kinds))
    for each in found:
        each.ended_at, each.ending = timezone.now(), ending
        each.save(update_fields=["ended_at", "ending"])
        if ending == MENDED:
            record(order, "mended", by=by, reason=each.kind)
            enter(Act.ORDER_MEND, order, by=by, kind=each.kind, row=each.reference)
    return len(found)


def remind(order: Order, trouble: Trouble) -> None:
    """Once, while it still lasts. In a transaction."""
    trouble.reminded_at = timezone.now()
    trouble.save(update_fields=["reminded_at"])
    _write(OrderReminder, order, trouble)


def locked(trouble: Trouble) -> Order:
    """The trouble's order, locked; raises NotNow when the trouble is over."""
    order: Order = Order.objects.lock(Order(pk=trouble.order, subject=trouble.subject))
    if not open_troubles(order).filter(pk=trouble.pk).exists():
        raise NotNow(order, "mended", "there is nothing to mend any more.")
    return order


@transaction.atomic
def write_again(order: Order, *, by: Actor) -> Trouble | Refusal:
    """Staff have the link that mends it sent once more, for a person who has lost the letter: once a day.

    Raises NotNow when there is nothing for the person to mend, Refused.
    """
    require(Act.ORDER_TROUBLE, by=by, subject=order.subject)
    order = Order.objects.lock(order)
    found: Trouble | None = open_troubles(order).exclude(kind=DISPUTE).last()
    if found is None or vault.is_erased(order.subject):
        raise NotNow(order, "mended", "there is nothing to mend any more.")
    if timezone.now() - max(found.found_at, found.reminded_at or found.found_at) < WRITTEN_AGAIN_AFTER:
        return WRITTEN_LATELY
    remind(order, found)
    enter(Act.ORDER_TROUBLE, order, by=by, kind=found.kind, row=found.reference, step="reminded")
    return found


def open_troubles(order: Order) -> Any:
    return Trouble.objects.of(order).filter(ended_at=None)


def _write(letter: type[OrderInTrouble], order: Order, trouble: Trouble) -> None:
    what, way = WORDS[trouble.kind]
    write(letter, order, link=links.to(order, links.MEND), what=what, way=way, ends_at=trouble.ends_at)


def _missing(order: Order, sku: str) -> str:
    """The SKU of the line that is not there: the only one there is, unless one is named. Its line is not paid yet."""
    skus = list(Line.objects.of(order).filter(kind="parcel", invoice=None).values_list("sku", flat=True))
    if sku not in skus and (sku or len(skus) != 1):
        raise ReasonUnknown(sku[:40], ", ".join(skus) or "none: everything is paid")
    return sku or str(skus[0])
