"""Where an order stands, derived from its rows each time: nothing about it is kept that could be out of step."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from upheld.orders.models import PARCEL, Line, Order, Shipment, Step, Trouble
from upheld.orders.sums import Sums, sums_of_each


class State(StrEnum):
    """Alphabetical."""

    CANCELLED = "cancelled"
    DELIVERED = "delivered"
    DRAFTED = "drafted"
    EXPIRED = "expired"
    PACKED = "packed"
    PAID = "paid"
    PART_REFUNDED = "part_refunded"
    PLACED = "placed"
    REFUNDED = "refunded"
    SHIPPED = "shipped"
    TROUBLE = "trouble"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    State.CANCELLED: "Cancelled",
    State.DELIVERED: "Delivered",
    State.DRAFTED: "Not ordered yet",
    State.EXPIRED: "Over: it was not mended in time",
    State.PACKED: "Packed",
    State.PAID: "Paid",
    State.PART_REFUNDED: "Partly refunded",
    State.PLACED: "Waiting for the card's answer",
    State.REFUNDED: "Refunded",
    State.SHIPPED: "On its way",
    State.TROUBLE: "Something has to be mended",
}


@dataclass(slots=True)
class Known:
    """What the state of one order follows from."""

    steps: set[str] = field(default_factory=set)
    troubled: bool = False
    shipped: bool = False
    delivered: bool = False
    parcel: bool = False

    def state(self, order: Order, sums: Sums) -> State:
        if order.placed_at is None:
            return State.DRAFTED
        if not self.steps:
            return self._of_the_books(sums)
        for over in (State.CANCELLED, State.EXPIRED):
            if over in self.steps:
                return over
        if self.troubled:
            return State.TROUBLE
        if sums.captured and sums.refunded >= sums.captured and not sums.reserved:
            return State.REFUNDED
        if self.parcel and not self.delivered:
            return self._on_its_way(sums)
        if sums.refunded:
            return State.PART_REFUNDED
        if self.delivered:
            return State.DELIVERED
        return State.PAID if sums.authorised else State.PLACED

    def _of_the_books(self, sums: Sums) -> State:
        """An erased person's order: what was not filled was called off before, and its money given back."""
        if not sums.captured:
            return State.CANCELLED
        if sums.refunded >= sums.captured:
            return State.REFUNDED
        return State.PART_REFUNDED if sums.refunded else State.DELIVERED

    def _on_its_way(self, sums: Sums) -> State:
        if self.shipped:
            return State.SHIPPED
        if not sums.authorised:
            return State.PLACED
        return State.PACKED if "packed" in self.steps else State.PAID


def state(order: Order) -> State:
    return states([order])[order.pk]


def states(orders: Sequence[Order]) -> dict[UUID, State]:
    """Of many orders, by id, in as many queries as of one."""
    known: dict[UUID, Known] = defaultdict(Known)
    whose = {"subject__in": {order.subject for order in orders}, "order__in": [order.pk for order in orders]}
    for id, kind in Step.objects.filter(**whose).values_list("order", "kind"):
        known[id].steps.add(kind)
    for id in Trouble.objects.filter(**whose, ended_at=None).values_list("order", flat=True):
        known[id].troubled = True
    for id in Line.objects.filter(**whose, kind=PARCEL).values_list("order", flat=True):
        known[id].parcel = True
    gone = Shipment.objects.filter(**whose, shipped_at__isnull=False, returned_at=None)
    for id, delivered_at in gone.values_list("order", "delivered_at"):
        known[id].shipped, known[id].delivered = True, delivered_at is not None
    sums = sums_of_each(orders)
    return {order.pk: known[order.pk].state(order, sums[order.pk]) for order in orders}
