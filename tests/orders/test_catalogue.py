"""What is sold, and what cannot be: every wrong entry is a sentence."""

from decimal import Decimal
from typing import Any

import pytest

from tests.orders.conftest import OPERATOR
from upheld.orders import verbs
from upheld.orders.errors import ProductUnfit, SkuTaken, SlugTaken
from upheld.orders.models import Product, Variant
from upheld.policy.actors import Actor
from upheld.policy.errors import Refused

pytestmark = pytest.mark.django_db
FINE = {"sku": "guide", "price": 2450, "currency": "EUR", "by": OPERATOR}
RATE = {"tax_name": "VAT", "tax_rate": Decimal(19), "ships": True, "shipping": 490, "currency": "EUR", "by": OPERATOR}


def product(**given: Any) -> Product:
    return verbs.add_product(**{"slug": "guide", "title": "Guide", "kind": "parcel", "by": OPERATOR} | given)


def test_a_product_is_on_sale_once_it_has_a_variant_and_until_it_is_withdrawn() -> None:
    guide = product()
    assert not Product.objects.on_sale().exists()
    variant = verbs.add_variant(guide, **FINE)
    assert list(Product.objects.on_sale()) == [guide]
    verbs.withdraw(variant, by=OPERATOR)
    assert not Product.objects.on_sale().exists()
    verbs.withdraw(guide, by=OPERATOR)
    verbs.withdraw(guide, by=OPERATOR)


@pytest.mark.parametrize(
    "given",
    [
        {"slug": "Printed Guide"}, {"slug": "a" * 61}, {"kind": "crypto"}, {"title": " "}, {"title": "a\x00b"},
        {"description": "x" * 5001},
    ],
)  # fmt: skip
def test_an_unfit_product_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ProductUnfit):
        product(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"sku": "a b"}, {"sku": "x" * 41}, {"price": 0}, {"price": -1}, {"price": 10**10}, {"currency": "EURO"},
        {"currency": "XAU"}, {"stock": -1}, {"stock": 10**12}, {"weight": -5}, {"title": "t" * 81},
    ],
)  # fmt: skip
def test_an_unfit_variant_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ProductUnfit):
        verbs.add_variant(product(), **FINE | given)


@pytest.mark.parametrize(
    ("country", "given"),
    [
        ("XX", {}), ("DEU", {}), ("EU", {}), ("DE", {"tax_rate": Decimal(-1)}), ("DE", {"tax_rate": Decimal("NaN")}),
        ("DE", {"tax_rate": Decimal("7.0001")}), ("DE", {"shipping": -1}), ("DE", {"currency": "ABC"}),
        ("DE", {"tax_name": ""}),
    ],
)  # fmt: skip
def test_an_unfit_rate_is_refused(country: str, given: dict[str, Any]) -> None:
    with pytest.raises(ProductUnfit):
        verbs.set_destination(country, **RATE | given)


def test_names_are_taken_once() -> None:
    guide = product()
    verbs.add_variant(guide, **FINE)
    with pytest.raises(SlugTaken):
        product()
    with pytest.raises(SkuTaken):
        verbs.add_variant(guide, **FINE)


def test_price_and_stock_are_changed_alone() -> None:
    variant = verbs.add_variant(product(), **FINE, stock=3)
    assert verbs.change_variant(variant, price=100, by=OPERATOR).stock == 3
    changed = verbs.change_variant(variant, stock=None, by=OPERATOR)
    assert (changed.price, changed.stock) == (100, None)
    assert verbs.change_variant(variant, stock=0, title="small", by=OPERATOR).title == "small"
    with pytest.raises(ProductUnfit):
        verbs.change_variant(variant, price=0, by=OPERATOR)


def test_only_the_operator_changes_what_is_sold() -> None:
    with pytest.raises(Refused):
        product(by=Actor.visitor())
    assert not Variant.objects.exists()
