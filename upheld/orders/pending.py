"""A parcel that is asked for and has not left: it stops when its order does."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from upheld import vault
from upheld.orders.models import Order, Shipment
from upheld.orders.periods import SOMEBODY_IS_THERE
from upheld.orders.writing import SHOP


def of(order: Order) -> Any:
    return Shipment.objects.of(order).filter(shipped_at=None)


def is_under_way(order: Order) -> bool:
    """Somebody may be asking the carrier at this moment."""
    return bool(of(order).filter(tried_at__gt=timezone.now() - SOMEBODY_IS_THERE).exists())


@transaction.atomic
def drop(order: Order) -> None:
    """It came to nothing: the row goes, and with it a tracking number that staff gave. With the order locked."""
    for shipment in of(order):
        vault.remove(shipment, by=SHOP)
