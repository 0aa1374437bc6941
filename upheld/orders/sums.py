"""The money of an order, added up from what the processor says moved. Minor units of the order's currency."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Sum

from upheld.orders.models import Order
from upheld.payments.models import Movement
from upheld.payments.processor import Kind


@dataclass(slots=True)
class Sums:
    """Of one order, over all its payments; or of one payment."""

    moved: dict[Kind, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def authorised(self) -> int:
        return self.moved[Kind.AUTHORISE]

    @property
    def captured(self) -> int:
        return self.moved[Kind.CAPTURE]

    @property
    def refunded(self) -> int:
        return self.moved[Kind.REFUND] - self.moved[Kind.REFUND_FAILED]

    @property
    def disputed(self) -> int:
        """What the person's bank holds back now."""
        return self.moved[Kind.DISPUTE] - self.moved[Kind.DISPUTE_WON]

    @property
    def reserved(self) -> int:
        """Authorised, and neither captured nor released yet."""
        return self.authorised - self.captured - self.moved[Kind.CANCEL]

    @property
    def held(self) -> int:
        """What we took and have not given back."""
        return self.captured - self.refunded - self.disputed


def sums_of(order: Order) -> Sums:
    return sums_of_each([order])[order.pk]


def sums_of_each(orders: Iterable[Order]) -> dict[UUID, Sums]:
    """For many orders in one query; an order without payments has sums of nothing."""
    found = {order.pk: Sums() for order in orders}
    subjects = {order.subject for order in orders}
    rows = Movement.objects.filter(subject__in=subjects, pays_for__in=found).values_list("pays_for", "kind")
    for pays_for, kind, amount in rows.annotate(Sum("amount")):
        found[pays_for].moved[Kind(kind)] += amount
    return found
