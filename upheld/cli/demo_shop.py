"""The demonstration's shop: invented products at invented prices, and orders that stand at every stage of their life.

Everything goes through the verbs that the site and the command line call, and through the real sandbox, so that
nothing here looks other than what a company will see. An order that was begun by an earlier run is carried on.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from upheld.cli.demo_staff import on_case
from upheld.cli.errors import CommandError
from upheld.home import Home

if TYPE_CHECKING:
    from upheld.orders.models import Order
    from upheld.policy.actors import Actor

CURRENCY = "USD"
INVENTED = "The price is invented."
GOOD, DECLINES = "4242424242424242", "4000000000000341"


class NotOrdered(CommandError):
    """The demonstration's order {0} could not be made: {1}"""


@dataclass(frozen=True)
class Thing:
    """A product, with its variants as (SKU, title, price in cents, stock)."""

    slug: str
    title: str
    kind: str
    description: str
    variants: tuple[tuple[str, str, int, int | None], ...]
    weight: int = 0


THINGS = (
    Thing(
        "engine-support", "Engine support plan", "service",
        "Answers from the people who write the Exokit engine, on working days.",
        (("engine-support-month", "one month", 4900, None), ("engine-support-year", "one year", 49000, None)),
    ),
    Thing(
        "exoport-export", "Exoport export", "download",
        "Your scene as a package for every headset that Exoport knows.",
        (("exoport-export", "", 900, None),),
    ),
    Thing(
        "printed-guide", "The Exokit guide, printed", "parcel",
        "312 pages on paper that stays open beside a keyboard.",
        (("printed-guide", "", 2450, None),), weight=640,
    ),
    Thing(
        "t-shirt", "T-shirt", "parcel", "Organic cotton, with the Exokit mark on the chest.",
        tuple((f"t-shirt-{size.lower()}", size, 2200, stock) for size, stock in
              (("S", 30), ("M", 60), ("L", 60), ("XL", 12))), weight=180,
    ),
    Thing(
        "headset-mount", "Headset mount", "parcel", "Holds a headset on the wall, with a hook for its cable.",
        (("headset-mount", "", 3990, 25),), weight=900,
    ),
)  # fmt: skip

# Country, tax, its rate in percent, and the price of shipping in cents.
RATES = (
    ("US", "Sales tax", "8.875", 590), ("CA", "GST", "5", 990), ("DE", "VAT", "19", 1290), ("FR", "VAT", "20", 1290),
    ("GB", "VAT", "20", 1290), ("CH", "VAT", "8.1", 1490), ("JP", "Consumption tax", "10", 1690),
    ("AU", "GST", "10", 1690), ("KW", "", "0", 1990),
)  # fmt: skip


def _pack(order: "Order") -> None:
    from upheld.orders import verbs

    with _on("shipment", order) as by:
        verbs.pack(order, by=by)


def _ship(order: "Order") -> None:
    from upheld.orders import verbs

    with _on("shipment", order) as by:
        verbs.ship(order, by=by, carrier="manual", tracking=f"DEMO{order.number.replace('-', '')}")


def _deliver(order: "Order") -> None:
    from upheld.orders import verbs

    with _on("shipment", order, reason="asked_by_person") as by:
        verbs.deliver(order, by=by)


def _refund_a_part(order: "Order") -> None:
    from upheld.orders import verbs

    with _on("refund", order, reason="goodwill") as by:
        verbs.refund(order, amount=500, by=by, reason="goodwill")


def _on(kind: str, order: "Order", *, reason: str = "") -> "AbstractContextManager[Actor]":
    return on_case(kind, on=order.id, subject=order.subject, number=order.number, reason=reason)


@dataclass(frozen=True)
class Stage:
    """What staff do for an order, and the state that it leads to."""

    state: str
    advance: Callable[["Order"], None]


PACKED, SHIPPED, DELIVERED = Stage("packed", _pack), Stage("shipped", _ship), Stage("delivered", _deliver)
REFUNDED = Stage("part_refunded", _refund_a_part)


@dataclass(frozen=True)
class Ordered:
    """One order: who, what (SKU and quantity), with which card, where to, and what staff did for it since."""

    name: str
    email: str
    items: tuple[tuple[str, int], ...]
    details: dict[str, str]
    card: str = GOOD
    stages: tuple[Stage, ...] = field(default=())
    guest: bool = False


BERLIN = {
    "name": "Ada Beispiel", "address_line1": "Beispielweg 7", "city": "Berlin", "postal_code": "10115", "country": "DE",
}  # fmt: skip
AUSTIN = {
    "name": "Bela Sample", "address_line1": "100 Example Street", "city": "Austin", "region": "TX",
    "postal_code": "78701", "country": "US",
}  # fmt: skip
LYON = {
    "name": "Emma Exemple", "address_line1": "12 rue des Exemples", "city": "Lyon", "postal_code": "69001",
    "country": "FR",
}  # fmt: skip

ORDERS = (
    Ordered("delivered", "ada@example.com", (("printed-guide", 1), ("t-shirt-m", 2)), BERLIN,
            stages=(PACKED, SHIPPED, DELIVERED)),
    Ordered("refunded in part", "ada@example.com", (("exoport-export", 2),), {"country": "DE"}, stages=(REFUNDED,)),
    Ordered("shipped", "bela@example.org", (("headset-mount", 1),), AUSTIN, stages=(PACKED, SHIPPED)),
    Ordered("in trouble", "chi@example.net", (("engine-support-month", 1),), {"country": "GB"}, card=DECLINES),
    Ordered("to be packed", "emma@example.net", (("t-shirt-l", 1), ("exoport-export", 1)), LYON, guest=True),
)  # fmt: skip


def open_shop() -> None:
    """Products and rates; what is there already stays as it is."""
    from upheld.orders import verbs
    from upheld.orders.models import Destination, Product, Variant
    from upheld.policy.actors import Actor

    by = Actor.operator()
    for country, tax, rate, shipping in RATES:
        if not Destination.objects.filter(country=country).exists():
            verbs.set_destination(
                country, tax_name=tax, tax_rate=Decimal(rate), ships=True, shipping=shipping, currency=CURRENCY, by=by
            )
    for thing in THINGS:
        product = Product.objects.filter(slug=thing.slug).first() or verbs.add_product(
            slug=thing.slug, title=thing.title, kind=thing.kind, description=f"{thing.description} {INVENTED}", by=by
        )
        for sku, title, price, stock in thing.variants:
            if not Variant.objects.filter(sku=sku).exists():
                verbs.add_variant(
                    product, sku=sku, title=title, price=price, currency=CURRENCY, stock=stock, weight=thing.weight,
                    by=by,
                )  # fmt: skip


def order_everything(home: Home) -> None:
    """The orders, each under the id of its basket, which is kept in the instance's folder for the next run."""
    from upheld.policy import force

    guests = "order" in force.in_force().guests
    baskets = _baskets(home)
    for each in ORDERS:
        if guests or not each.guest:
            _carry_on(each, baskets[each.name])


def _baskets(home: Home) -> dict[str, UUID]:
    from uuid_utils.compat import uuid7

    file = home.folder / "demo-orders.json"
    known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    known = {each.name: known.get(each.name) or str(uuid7()) for each in ORDERS}
    fresh = file.with_suffix(".new")  # a crash leaves no half of a file
    fresh.write_text(json.dumps(known, indent=2), "utf-8")
    fresh.replace(file)
    return {name: UUID(id) for name, id in known.items()}


def _carry_on(each: Ordered, basket: UUID) -> None:
    from upheld.orders import verbs
    from upheld.orders.models import Order

    order = Order.objects.filter(id=basket).placed().first() or _place(each, basket)
    for stage in each.stages[_reached(each, verbs.state(order)) :]:
        stage.advance(order)


def _reached(each: Ordered, state: str) -> int:
    """How many of its stages an order in this state has behind it: all, when somebody has done something else to it."""
    return ["paid", *(stage.state for stage in each.stages), state].index(state)


def _place(each: Ordered, basket: UUID) -> "Order":
    from upheld import vault
    from upheld.contact.models import Address
    from upheld.orders import verbs
    from upheld.orders.models import Line, Order, Variant
    from upheld.policy.actors import Actor

    known = None if each.guest else vault.find(Address, "email", each.email)
    by = Actor.person(known.subject) if known else Actor.visitor()
    ids = dict(Variant.objects.values_list("sku", "id"))
    order = verbs.draft(
        basket=basket, items=[(ids[sku], count) for sku, count in each.items],
        details={"email": each.email, **each.details}, card=None, card_token=_typed(each.card),
        subject=known.subject if known else None, by=by,
    )  # fmt: skip
    if not isinstance(order, Order):
        raise NotOrdered(each.name, order.sentence)
    total = sum(line.total for line in Line.objects.of(order))
    placed = verbs.place(order, total=total, by=by, back="")
    if not placed and each.card == GOOD:
        raise NotOrdered(each.name, placed.sentence)
    order.refresh_from_db()
    return order


def _typed(number: str) -> str:
    """The token of a card, as a browser gets it from the sandbox."""
    from upheld.payments.sandbox.client import Sandbox

    card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    with closing(Sandbox(Home.here())) as sandbox:
        return str(sandbox.steer("tokens", **card)["token"])
