"""A basket with a parcel in it, for the checks: what is in it is sold inside a transaction that is rolled back, so that
nobody else ever sees it and nothing of it stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from upheld.orders.models import PARCEL, Destination, Product, Variant
from upheld.web import basket
from upheld.web.pages import Page, client, fetch

COUNTRY, CURRENCY = "DE", "EUR"


def order_pages(session_key: str = "") -> list[Page]:
    """The pages on the way to an order, as a visitor or someone signed in sees them with a parcel in the basket."""
    with _parcel() as variant:
        browser = client(session_key)
        _put(browser, variant)
        return [fetch(browser, path) for path in (f"/shop/{variant.product.slug}/", "/basket/", "/order/")]


@contextmanager
def _parcel() -> Iterator[Variant]:
    with transaction.atomic():
        try:
            now = timezone.now()
            product = Product.objects.create(slug=f"check-{uuid7()}", title="A parcel", kind=PARCEL, created_at=now)
            Destination.objects.get_or_create(
                country=COUNTRY, defaults={"tax_rate": Decimal(0), "ships": True, "currency": CURRENCY}
            )
            yield Variant.objects.create(
                product=product, sku=f"check-{product.pk.hex[-12:]}", price=1, currency=CURRENCY
            )
        finally:
            transaction.set_rollback(True)


def _put(browser: Client, variant: Variant) -> None:
    """What the basket's own page would have the browser keep."""
    filled = basket.Basket.new().with_just(variant.pk, 1)
    assert isinstance(filled, basket.Basket)  # one is not too many
    browser.cookies[basket.COOKIE] = filled.keep(HttpResponse()).cookies[basket.COOKIE].value
