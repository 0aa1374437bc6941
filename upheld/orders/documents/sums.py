"""What the items of a document make, and whether that is its total. A document that does not add up is not made."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from moneyed import Money

from upheld.orders.documents.content import Content, Item, Kind
from upheld.orders.documents.errors import SumsDiffer, TotalMissing


def check(kind: Kind, content: Content) -> None:
    """Raises SumsDiffer when the total is not what its items make, TotalMissing when there is none and one is due."""
    if kind in (Kind.CORRECTION, Kind.PACKING_SLIP):
        return
    if content.total is None:
        raise TotalMissing(kind.heading)
    made = without_tax(content.items, content.total) + added((item.tax for item in content.items), content.total)
    if made != content.total:
        raise SumsDiffer(content.total, made)


def without_tax(items: Iterable[Item], like: Money) -> Money:
    return added((item.net for item in items), like)


def taxed(items: Sequence[Item]) -> Mapping[tuple[str, Decimal], tuple[Money, Money]]:
    """By name and rate of a tax: what it was laid on, and how much it is. Nothing for what is not taxed."""
    found: dict[tuple[str, Decimal], tuple[Money, Money]] = {}
    for item in items:
        if item.tax_rate:
            key = (item.tax_name, item.tax_rate.normalize())
            net, tax = found.get(key, (Money(0, item.tax.currency), Money(0, item.tax.currency)))
            found[key] = (net + item.net, tax + item.tax)
    return found


def added(amounts: Iterable[Money], like: Money) -> Money:
    return sum(amounts, Money(0, like.currency))
