"""A small shop for the tests of its pages: one thing of each kind, and countries to send it to."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from tests.web.conftest import Visitor
from upheld.orders.models import Destination, Product, Variant

COUNTRIES = (("DE", "VAT", "19", True, 1500), ("US", "Sales tax", "0", True, 900), ("CH", "VAT", "8.1", False, 0))


@dataclass(frozen=True)
class Shop:
    guide: Variant
    licence: Variant
    support: Variant


def sell(slug: str, kind: str, price: int, *, stock: int | None = None, currency: str = "USD") -> Variant:
    product = Product.objects.create(
        slug=slug, title=slug.title(), kind=kind, description=f"About {slug}.", created_at=timezone.now()
    )
    return Variant.objects.create(product=product, sku=slug.upper(), price=price, currency=currency, stock=stock)


def open_shop() -> Shop:
    for country, tax, rate, ships, shipping in COUNTRIES:
        Destination.objects.create(
            country=country, tax_name=tax, tax_rate=Decimal(rate), ships=ships, shipping=shipping, currency="USD"
        )
    return Shop(
        guide=sell("guide", "parcel", 2900, stock=20),
        licence=sell("licence", "download", 8900),
        support=sell("support", "service", 24000),
    )


def put(browser: Visitor, variant: Variant, quantity: object = 1, **more: object) -> str:
    """Put it into the basket; the page that follows."""
    given = {"variant": variant.id, "quantity": quantity, **more}
    return browser.post("/basket/", given, follow=True).content.decode()  # type: ignore[arg-type]  # as forms send it
