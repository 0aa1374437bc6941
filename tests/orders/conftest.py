"""A small shop, and people who order in it, with a real sandbox that charges their cards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests.payments.conftest import Typed, processor, started, typed
from tests.people import Person
from upheld.orders import verbs
from upheld.orders.models import Line, Order, Product, Variant
from upheld.payments.models import Card
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor, Case

__all__ = ["processor", "started", "typed"]

OPERATOR = Actor.operator()
BERLIN = {
    "name": "Ada Beispiel", "address_line1": "Beispielweg 7", "city": "Berlin", "postal_code": "10115", "country": "DE",
}  # fmt: skip
DECLINES_LATER = "4000000000000341"
CHALLENGES = "4000002760003184"
CAPTURE_FAILS = "4000000000000424"
TIMES_OUT = "4000000000000408"
DISPUTED = "4000000000000259"


def staff(order: Order, *, job: str = "shipping", case: str = "shipment") -> Actor:
    return Actor.staff(UUID(int=7), job=job, case=Case(case, order.pk, order.subject))


def billing(order: Order) -> Actor:
    return staff(order, job="billing", case="refund")


@dataclass
class Shop:
    """Three things, sold to Germany with 19 % and to the US without tax; a parcel costs 4.90 and nothing."""

    typed: Typed
    variants: dict[str, Variant] = field(default_factory=dict)

    def open(self) -> "Shop":
        for sku, kind, price, stock in (
            ("guide", "parcel", 2450, 10), ("mount", "parcel", 3990, None), ("export", "download", 900, None),
            ("support", "service", 4900, None),
        ):  # fmt: skip
            self.sell(sku, kind=kind, price=price, stock=stock)
        to = verbs.set_destination
        to("DE", tax_name="VAT", tax_rate=Decimal(19), ships=True, shipping=490, currency="EUR", by=OPERATOR)
        to("US", tax_name="", tax_rate=Decimal(0), ships=True, shipping=0, currency="EUR", by=OPERATOR)
        return self

    def sell(self, sku: str, *, kind: str = "parcel", price: int = 1000, stock: int | None = None) -> Variant:
        product: Product = verbs.add_product(slug=sku, title=sku.capitalize(), kind=kind, by=OPERATOR)
        self.variants[sku] = verbs.add_variant(
            product, sku=sku, price=price, currency="EUR", stock=stock, weight=100, by=OPERATOR
        )
        return self.variants[sku]

    def draft(self, *wanted: str | tuple[str, int], **given: Any) -> Any:
        """What `verbs.draft` answers; by a guest unless `who` is given."""
        who: Person | None = given.pop("who", None)
        details: Mapping[str, str] = given.pop("details", BERLIN)
        card: Card | None = given.pop("card", None)
        number: str = given.pop("number", "4242424242424242")
        basket: UUID = given.pop("basket", None) or uuid7()
        email: str = given.pop("email", "" if who else "guest@example.org")
        items = [(sku, 1) if isinstance(sku, str) else sku for sku in wanted]
        return verbs.draft(
            basket=basket, items=[(self.variants[sku].pk, count) for sku, count in items],
            details={"email": email, **details}, card=card, card_token="" if card else self.typed(number),
            subject=who.subject if who else None, by=who.me if who else Actor.visitor(), **given,
        )  # fmt: skip

    def drafted(self, *wanted: str | tuple[str, int], **given: Any) -> Order:
        order = self.draft(*wanted, **given)
        assert isinstance(order, Order), order
        return order

    def place(self, order: Order, *, by: Actor | None = None) -> Any:
        return verbs.place(order, total=total(order), by=by or Actor.visitor())

    def placed(self, *wanted: str | tuple[str, int], **given: Any) -> Order:
        who: Person | None = given.get("who")
        order = self.drafted(*wanted, **given)
        answer = self.place(order, by=who.me if who else None)
        assert isinstance(answer, verbs.Placed), answer
        return fresh(order)

    def stock(self, sku: str) -> int | None:
        return Variant.objects.get(sku=sku).stock


def total(order: Order) -> int:
    return sum(line.total for line in Line.objects.of(order))


def fresh(order: Order) -> Order:
    return Order.objects.get(subject=order.subject, pk=order.pk)


def steps(order: Order) -> list[str]:
    from upheld.orders.models import Step

    return [step.kind for step in Step.objects.of(order)]


@pytest.fixture
def shop(db: None, processor: Sandbox, typed: Typed, letters: Callable[[], Any]) -> Shop:
    return Shop(typed).open()
