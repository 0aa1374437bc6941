"""The shop: what is sold, for everyone to see."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from upheld.orders.models import Product, Variant
from upheld.web.doors import door


@dataclass(frozen=True)
class Offer:
    """A product and those of its variants that are sold, the cheapest first."""

    product: Product

    @cached_property
    def variants(self) -> list[Variant]:
        return sorted(self.product.on_sale, key=lambda each: each.price)  # type: ignore[attr-defined]  # see _offers

    @property
    def cheapest(self) -> Variant:
        return self.variants[0]

    @property
    def first(self) -> Variant:
        """The one that is proposed: the first that there is any of."""
        return next((each for each in self.variants if each.stock != 0), self.cheapest)

    @property
    def several_prices(self) -> bool:
        return len({(each.price, each.currency) for each in self.variants}) > 1

    @property
    def sold_out(self) -> bool:
        return all(each.stock == 0 for each in self.variants)


def _offers(products: Iterable[Product]) -> list[Offer]:
    return [Offer(product) for product in products]


def _on_sale() -> "Prefetch[str]":
    return Prefetch("variants", Variant.objects.filter(withdrawn_at=None).order_by("id"), to_attr="on_sale")


@door("GET")
def shop(request: HttpRequest) -> HttpResponse:
    products = Product.objects.on_sale().order_by("created_at", "id").prefetch_related(_on_sale())
    return render(request, "web/shop/shop.html", {"offers": _offers(products)})


@door("GET")
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A product that is no longer sold still says so, for those who kept the address."""
    found = Product.objects.filter(slug=slug).prefetch_related(_on_sale()).first()
    if found is None:
        raise Http404
    offer = Offer(found)
    gone = bool(found.withdrawn_at) or not offer.variants
    context = {"offer": offer, "product": found, "gone": gone}
    return render(request, "web/shop/product.html", context, status=410 if gone else 200)
