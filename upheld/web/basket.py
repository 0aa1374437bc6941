"""The basket: a signed cookie that names variants and quantities, and nobody. Nothing of it is kept here.

Its id becomes the order's, so that one basket is ordered once, however often the form is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from uuid_utils.compat import uuid7

from upheld.orders.models import Variant
from upheld.orders.pricing import MOST_LINES, MOST_OF_ONE

COOKIE = "__Host-basket"
SALT = "upheld.web.basket"
LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TooMuch:
    """Falsy: what was asked for is more than can be ordered at once."""

    sentence: str

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Line:
    variant: Variant
    quantity: int

    @property
    def total(self) -> int:
        """Minor units, before tax."""
        return self.variant.price * self.quantity

    @property
    def trouble(self) -> str:
        """Why it cannot be ordered as it stands; empty when it can."""
        variant = self.variant
        if variant.withdrawn_at or variant.product.withdrawn_at:
            return "This is no longer sold. Remove it to go on."
        if variant.stock == 0:
            return "This is sold out. Remove it to go on."
        if variant.stock is not None and variant.stock < self.quantity:
            return f"Only {variant.stock} left. Change the quantity to go on."
        return ""


@dataclass(frozen=True)
class Basket:
    id: UUID
    quantities: Mapping[UUID, int]

    @classmethod
    def new(cls) -> "Basket":
        return cls(uuid7(), {})

    @classmethod
    def of(cls, request: HttpRequest) -> "Basket":
        """The browser's, or a new one when it has none, or one that is too old or was tampered with."""
        try:
            found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
            return cls(UUID(hex=found[0]), {UUID(hex=variant): quantity for variant, quantity in found[1]})
        except (signing.BadSignature, ValueError):
            return cls.new()

    def keep(self, response: HttpResponse) -> HttpResponse:
        """Have the browser keep it."""
        held = [self.id.hex, [[variant.hex, quantity] for variant, quantity in self.quantities.items()]]
        value = signing.dumps(held, salt=SALT, compress=True)
        response.set_cookie(COOKIE, value, max_age=LASTS, secure=True, httponly=True, samesite="Lax")
        return response

    def __len__(self) -> int:
        """How many things are in it."""
        return sum(self.quantities.values())

    @property
    def items(self) -> list[tuple[UUID, int]]:
        return list(self.quantities.items())

    @cached_property
    def lines(self) -> list[Line]:
        """What is in it, as sold today. What is unknown by now is left out."""
        found = Variant.objects.select_related("product").in_bulk(list(self.quantities))
        return [Line(found[variant], quantity) for variant, quantity in self.quantities.items() if variant in found]

    @property
    def needs_address(self) -> bool:
        return any(line.variant.product.kind == "parcel" for line in self.lines)

    @property
    def ready(self) -> bool:
        """Whether there is something in it, and nothing that cannot be ordered."""
        return bool(self.lines) and not any(line.trouble for line in self.lines)

    def with_more(self, variant: UUID, quantity: int) -> "Basket | TooMuch":
        return self.with_just(variant, self.quantities.get(variant, 0) + quantity)

    def with_just(self, variant: UUID, quantity: int) -> "Basket | TooMuch":
        """So many of it; none takes it out."""
        if quantity > MOST_OF_ONE:
            return TooMuch(f"You can order up to {MOST_OF_ONE} of one thing at once. Write to us for more.")
        held = {**self.quantities, variant: quantity}
        held = {each: count for each, count in held.items() if count > 0}
        if len(held) > MOST_LINES:
            return TooMuch(f"You can order up to {MOST_LINES} different things at once. Order the rest apart.")
        return replace(self, quantities=held)
