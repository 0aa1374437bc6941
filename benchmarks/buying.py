"""What both sides sell, and how somebody buys it: the same goods, address, and sandbox with its test money."""

import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from uuid_utils.compat import uuid7

from upheld.orders import catalogue
from upheld.orders.models import Variant
from upheld.payments import processors
from upheld.payments.sandbox import signing
from upheld.payments.sandbox.client import Sandbox
from upheld.payments.sandbox.delivering import body
from upheld.policy.actors import Actor

SKU, PRICE, CURRENCY, COUNTRY = "guide", 2450, "USD", "US"
NUMBER = "4242424242424242"
ADDRESS = {
    "name": "Maria Example",
    "address_line1": "100 Example Street",
    "city": "Austin",
    "region": "TX",
    "postal_code": "78701",
    "country": COUNTRY,
}


def open_shop() -> UUID:
    """One parcel on sale; its variant's id. Safe to repeat. Products are about nobody, and the same on both sides."""
    found = Variant.objects.filter(sku=SKU).first()
    if found is None:
        sandbox().steer("behaviour", held=1)  # the webhooks that are measured are those that we make
        by = Actor.operator()
        product = catalogue.add_product(slug=SKU, title="Printed guide", kind="parcel", by=by)
        found = catalogue.add_variant(product, sku=SKU, price=PRICE, currency=CURRENCY, weight=640, by=by)
        catalogue.set_destination(
            COUNTRY, tax_name="Sales tax", tax_rate=Decimal("8.25"), ships=True, shipping=590, currency=CURRENCY, by=by
        )
    return found.pk


def sandbox() -> Sandbox:
    """The processor of this side: a process of its own, with storage of its own."""
    found = processors.named("sandbox")
    assert isinstance(found, Sandbox)
    return found


def typed() -> str:
    """A card as a browser types it; the token."""
    card: dict[str, Any] = {"number": NUMBER, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    return str(sandbox().steer("tokens", **card)["token"])


def notified(charge: str) -> tuple[bytes, dict[str, str]]:
    """A refund that was made at the processor itself, and the webhook that tells of it: its body and headers."""
    sandbox().refund(charge, amount=100, key=str(uuid7()))
    content = body({"id": str(uuid7()), "charge": charge, "kind": "refund", "made": int(time.time() * 1000)})
    secret = settings.HOME.sandbox.joinpath("webhook").read_text()
    return content, {signing.HEADER: signing.sign(content, secret, at=int(time.time()))}
