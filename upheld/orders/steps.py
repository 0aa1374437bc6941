"""What happened to an order, row by row, and in the ledger as well. The story that people read is made from these."""

from typing import Any

from django.utils import timezone

from upheld import ledger
from upheld.orders.errors import ReasonUnknown
from upheld.orders.models import Order, Step
from upheld.payments.models import Movement
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act

YOU, SHOP = "you", "shop"
LEFT = ("shipped", "delivered", "cancelled", "expired")  # after these no parcel waits
MAY_LEAVE = ("returned", "mended")  # after these one may: `Order.to_send` errs on this side
REASONS = (
    "address", "changed_mind", "damaged", "duplicate", "expired", "fraud", "goodwill", "late", "lost", "out_of_stock",
    "payment", "price", "returned", "trouble", "wrong_item",
)  # fmt: skip
"""Why people and staff do something: codes, so that nothing about anybody is ever written there."""


def record(
    order: Order, kind: str, *, by: Actor, reason: str = "", amount: int | None = None, moved: Movement | None = None
) -> Step:
    """One step of the story. Call it in the transaction of what it tells of; `moved` is the money that moved."""
    if kind in LEFT or kind in MAY_LEAVE:
        Order.objects.filter(subject=order.subject, pk=order.pk).update(to_send=kind in MAY_LEAVE)
    return Step.objects.create(
        subject=order.subject, order=order.pk, kind=kind, at=moved.at if moved else timezone.now(), by=who(by),
        reason=reason, amount=moved.amount if moved else amount, movement=moved.pk if moved else None,
    )  # fmt: skip


def enter(act: Act, order: Order, *, by: Actor, **facts: ledger.Fact) -> None:
    """The ledger's entry of an act on an order."""
    ledger.append(act, by=by, subject=order.subject, facts={"order": order.reference, **facts})


def taken(order: Order, *kinds: str) -> Any:
    """The order's steps of these kinds, or all of them, oldest first."""
    rows = Step.objects.of(order)
    return rows.filter(kind__in=kinds) if kinds else rows


def who(by: Actor) -> str:
    """The person, the shop by itself, or the job of whoever did it."""
    if by.kind in (Kind.PERSON, Kind.VISITOR):
        return YOU
    return by.job if by.kind is Kind.STAFF else SHOP


def checked_reason(reason: str) -> str:
    """Raises ReasonUnknown for one that is not on the list."""
    code = reason.strip().lower().replace(" ", "_").replace("-", "_")
    if code and code not in REASONS:
        raise ReasonUnknown(reason[:40], ", ".join(REASONS))
    return code
