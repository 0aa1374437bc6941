"""What is left to sell: taken when an order is placed, put back once when it is over before anything left."""

from collections.abc import Iterable

from django.db.models import F

from upheld.orders.models import Line, Order, Trouble, Variant


def take(wanted: Iterable[Line]) -> bool:
    """Take what the lines need from limited stock, in a transaction; False when one does not suffice, and then roll
    back. Each line remembers what was taken for it: whether the stock is limited can change.

    The rows are changed in the order of their ids, so that two orders never wait for each other.
    """
    for line in sorted(wanted, key=lambda line: str(line.variant)):
        if line.variant is None:
            continue
        limited = Variant.objects.filter(pk=line.variant, stock__isnull=False)
        line.taken = line.quantity if limited.exists() else 0
        if line.taken and not limited.filter(stock__gte=line.taken).update(stock=F("stock") - line.taken):
            return False
        line.save(update_fields=["taken"])
    return True


def put_back(order: Order) -> None:
    """What the order took, but for what was just found not to be there. Once, with the order locked as it ends."""
    missing = Trouble.objects.of(order).filter(kind="out_of_stock", ended_at=None).values_list("reason", flat=True)
    lines = Line.objects.of(order).filter(taken__gt=0)
    for line in sorted(lines.exclude(sku__in=list(missing)), key=lambda line: str(line.variant)):
        Variant.objects.filter(pk=line.variant, stock__isnull=False).update(stock=F("stock") + line.taken)
    lines.update(taken=0)
