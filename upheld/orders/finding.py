"""Which orders there are to do something about. Each list is derived from rows, as `states.state` is."""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef

from upheld.orders import numbers
from upheld.payments.processor import Kind
from upheld.vault import RowsAboutPeople

ENDED = ("cancelled", "expired")


class Orders(RowsAboutPeople):  # type: ignore[type-arg, override]  # the plugin cannot see a QuerySet's child
    def placed(self) -> "Orders":
        return self.exclude(placed_at=None)

    def drafts(self) -> "Orders":
        return self.filter(placed_at=None)

    def by_number(self, number: str) -> "Orders":
        """As people type it: case, dashes, and O for 0 make no difference."""
        return self.filter(number=numbers.read(number))

    def ended(self) -> "Orders":
        return self.placed().filter(_has("orders.Step", kind__in=ENDED))

    def live(self) -> "Orders":
        """Placed, and neither cancelled nor expired. The order of an erased person has no story to go on with."""
        return self.placed().filter(_has("orders.Step", kind="placed")).exclude(_has("orders.Step", kind__in=ENDED))

    def in_trouble(self) -> "Orders":
        return self.placed().filter(_has("orders.Trouble", ended_at=None))

    def open(self) -> "Orders":
        """Something is still to be done: to be paid, mended, packed, shipped or delivered."""
        waiting = ~_has("payments.Movement", key="pays_for", kind=Kind.AUTHORISE) | (_parcel() & ~_arrived())
        return self.live().filter(waiting | _has("orders.Trouble", ended_at=None) | _owed())

    def paid(self) -> "Orders":
        """Money is reserved or taken, and nothing is wrong."""
        untroubled = self.live().exclude(_has("orders.Trouble", ended_at=None))
        return untroubled.filter(_has("payments.Movement", key="pays_for", kind=Kind.AUTHORISE))

    def owed(self) -> "Orders":
        """The processor would not give money back that is due."""
        failed = apps.get_model("orders.Step")._base_manager.filter(kind="refund_failed")
        return self.live().filter(_owed(), pk__in=failed.values("order"))  # which are few, and found by an index

    def waiting(self) -> "Orders":
        """Paid, with a parcel that has not left."""
        return self.paid().filter(_parcel(), to_send=True).exclude(_shipped())

    def to_pack(self) -> "Orders":
        return self.waiting().exclude(_has("orders.Step", kind="packed"))

    def to_ship(self) -> "Orders":
        """Packed, or packed again after a parcel came back."""
        return self.waiting().filter(_has("orders.Step", kind="packed"))


def _has(model: str, *, key: str = "order", **conditions: Any) -> Exists:
    """Whether a row of the model belongs to the order; named by subject too, as every look at a person's rows is."""
    rows: models.QuerySet[Any] = apps.get_model(model)._base_manager.all()
    return Exists(rows.filter(subject=OuterRef("subject"), **{key: OuterRef("pk")}, **conditions))


def _parcel() -> Exists:
    return _has("orders.Line", kind="parcel")


def _shipped() -> Exists:
    return _has("orders.Shipment", shipped_at__isnull=False, returned_at=None)


def _arrived() -> Exists:
    return _has("orders.Shipment", delivered_at__isnull=False)


def _owed() -> Exists:
    """The processor would not give money back, and has not since."""
    steps = apps.get_model("orders.Step")._base_manager
    since = steps.filter(subject=OuterRef("subject"), order=OuterRef("order"), kind="refunded", pk__gt=OuterRef("pk"))
    failed = steps.filter(subject=OuterRef("subject"), order=OuterRef("pk"), kind="refund_failed")
    return Exists(failed.exclude(Exists(since)))


class RowsOfOrders(RowsAboutPeople):  # type: ignore[type-arg, override]  # likewise
    def of(self, order: Any) -> "RowsOfOrders":
        """What belongs to an order, oldest first."""
        return self.filter(subject=order.subject, order=order.pk).order_by("id")
