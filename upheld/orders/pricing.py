"""What a basket costs in a country: exact, line by line, from the variants and the country's row. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from upheld.orders.answers import Refusal
from upheld.orders.models import PARCEL, SHIPPING, Destination, Variant
from upheld.payments import money

MOST_OF_ONE = 99
MOST_LINES = 50

Items = Sequence[tuple[Variant, int]]


@dataclass(frozen=True, slots=True)
class Priced:
    """One line, the one for shipping too, which has no variant. Amounts in minor units; `rate` in percent."""

    variant: Variant | None
    sku: str
    title: str
    kind: str
    quantity: int
    price: int  # of one, before tax
    tax_name: str
    rate: Decimal
    tax: int  # of all of them

    @property
    def net(self) -> int:
        return self.price * self.quantity

    @property
    def total(self) -> int:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Totals:
    lines: tuple[Priced, ...]
    currency: str

    @property
    def net(self) -> int:
        return sum(line.net for line in self.lines)

    @property
    def shipping(self) -> int:
        """Before tax."""
        return sum(line.net for line in self.lines if line.kind == SHIPPING)

    @property
    def taxes(self) -> Mapping[tuple[str, Decimal], int]:
        """The tax by name and rate; nothing for what is not taxed."""
        found: dict[tuple[str, Decimal], int] = {}
        for line in self.lines:
            if line.rate:
                found[line.tax_name, line.rate] = found.get((line.tax_name, line.rate), 0) + line.tax
        return found

    @property
    def total(self) -> int:
        """With tax and shipping: what the card is charged."""
        return sum(line.total for line in self.lines)

    @property
    def has_parcel(self) -> bool:
        return any(line.kind == PARCEL for line in self.lines)


def title_of(variant: Variant) -> str:
    return f"{variant.product.title}, {variant.title}" if variant.title else str(variant.product.title)


def has_parcel(items: Items) -> bool:
    return any(variant.product.kind == PARCEL for variant, _ in items)


def refused(items: Items) -> Refusal | None:
    """Why this basket cannot be ordered, wherever it goes to."""
    return next(_reasons(items), None)


def price(items: Items, destination: Destination | None) -> Totals | Refusal:
    """What it costs in this country; `destination` is None for one that is not sold to."""
    refusal = refused(items)
    if refusal is not None:
        return refusal
    if destination is None:
        return Refusal("We do not sell to this country.", "country")
    currency = items[0][0].currency
    lines = [_line(variant, quantity, destination) for variant, quantity in items]
    if has_parcel(items):
        if not destination.ships:
            return Refusal("We do not send parcels to this country. Take the parcel out of the basket.", "country")
        if destination.shipping and destination.currency != currency:
            return Refusal(f"We do not send parcels that are paid in {currency} to this country.", "country")
        lines += _shipping(destination)
    totals = Totals(tuple(lines), currency)
    return totals if totals.total <= money.MOST else Refusal("This is more than one order can hold.", "items")


def _reasons(items: Items) -> Iterator[Refusal]:
    if not items:
        yield Refusal("The basket is empty.", "items")
    if len(items) > MOST_LINES:
        yield Refusal(f"An order holds at most {MOST_LINES} different things.", "items")
    for variant, quantity in items:
        if variant.withdrawn_at or variant.product.withdrawn_at:
            yield Refusal(f"{title_of(variant)} is no longer sold. Take it out of the basket.", "items")
        if quantity < 1:
            yield Refusal(f"Say how many of {title_of(variant)} you want, or take it out of the basket.", "items")
        if quantity > MOST_OF_ONE:
            yield Refusal(f"You can order at most {MOST_OF_ONE} of {title_of(variant)}.", "items")
        if variant.stock is not None and variant.stock < quantity:
            yield Refusal(_left(variant), "items")
    if len({variant.currency for variant, _ in items}) > 1:
        yield Refusal("What is in the basket is sold in different currencies. Order it in two orders.", "items")


def _left(variant: Variant) -> str:
    if not variant.stock:
        return f"{title_of(variant)} is sold out. Take it out of the basket."
    return f"Only {variant.stock} of {title_of(variant)} {'is' if variant.stock == 1 else 'are'} left."


def _line(variant: Variant, quantity: int, to: Destination) -> Priced:
    tax = money.share(variant.price * quantity, to.tax_rate)
    return Priced(
        variant, variant.sku, title_of(variant), variant.product.kind, quantity, variant.price,
        to.tax_name, to.tax_rate, tax,
    )  # fmt: skip


def _shipping(to: Destination) -> list[Priced]:
    if not to.shipping:
        return []
    tax = money.share(to.shipping, to.tax_rate)
    return [Priced(None, SHIPPING, "Shipping", SHIPPING, 1, to.shipping, to.tax_name, to.tax_rate, tax)]
