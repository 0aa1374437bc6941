"""Prices are exact: whatever the amounts, currencies and rates, the lines make the total to the last minor unit."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.orders.answers import Refusal
from upheld.orders.models import Destination, Product, Variant
from upheld.orders.pricing import Totals, price

GERMANY = Destination(country="DE", tax_name="VAT", tax_rate=Decimal(19), ships=True, shipping=490, currency="EUR")


def variant(kind: str = "parcel", **given: Any) -> Variant:
    return Variant(product=Product(slug="x", title="Guide", kind=kind), **{"price": 2450, "currency": "EUR"} | given)


def refused(*items: tuple[Variant, int], to: Destination | None = GERMANY) -> Refusal:
    answer = price(items, to)
    assert isinstance(answer, Refusal)
    return answer


def totals(*items: tuple[Variant, int], to: Destination = GERMANY) -> Totals:
    answer = price(items, to)
    assert isinstance(answer, Totals), answer
    return answer


def test_a_parcel_costs_its_price_its_shipping_and_the_tax_on_both() -> None:
    found = totals((variant(), 2))
    assert (found.net, found.shipping, found.total) == (5390, 490, 5390 + 931 + 93)
    assert found.taxes == {("VAT", Decimal(19)): 1024}


def test_what_is_not_sent_has_no_shipping() -> None:
    assert totals((variant("download"), 1)).shipping == 0
    nowhere = Destination(country="JP", tax_rate=Decimal(0), ships=False, currency="JPY")
    assert totals((variant("service"), 1), to=nowhere).total == 2450
    assert refused((variant(), 1), to=nowhere).field == "country"


def test_yen_have_no_cents_and_dinars_have_a_thousand() -> None:
    japan = Destination(country="JP", tax_name="Tax", tax_rate=Decimal(10), ships=True, shipping=0, currency="JPY")
    assert totals((variant(price=1995, currency="JPY"), 1), to=japan).total == 1995 + 200
    kuwait = Destination(country="KW", tax_name="Tax", tax_rate=Decimal("12.5"), shipping=0, currency="KWD")
    assert totals((variant(price=1999, currency="KWD"), 3), to=kuwait).total == 5997 + 750


@pytest.mark.parametrize("quantity", [0, -1, 100, 10**9])
def test_absurd_quantities_are_refused(quantity: int) -> None:
    assert refused((variant(), quantity)).field == "items"


def test_what_cannot_be_ordered_says_why() -> None:
    assert "empty" in refused().sentence
    assert "50" in refused(*[(variant(), 1)] * 51).sentence
    assert "no longer sold" in refused((variant(withdrawn_at="2026-01-01"), 1)).sentence
    assert refused((variant(stock=0), 1)).sentence == "Guide is sold out. Take it out of the basket."
    assert refused((variant(stock=1), 2)).sentence == "Only 1 of Guide is left."
    assert "currencies" in refused((variant(), 1), (variant(currency="USD"), 1)).sentence
    assert "do not sell" in refused((variant(), 1), to=None).sentence
    assert "paid in USD" in refused((variant(currency="USD"), 1)).sentence
    assert "more than one order" in refused(*[(variant("download", price=10**9), 99)] * 50).sentence


AMOUNTS = st.tuples(st.integers(1, 10**7), st.integers(1, 99), st.sampled_from(["parcel", "download"]))


@given(
    wanted=st.lists(AMOUNTS, min_size=1, max_size=20),
    rate=st.decimals(0, 100, places=3),
    shipping=st.integers(0, 10**5),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_lines_make_the_total(wanted: list[tuple[int, int, str]], rate: Decimal, shipping: int, currency: str) -> None:
    to = Destination(country="DE", tax_name="VAT", tax_rate=rate, ships=True, shipping=shipping, currency=currency)
    found = totals(*((variant(kind, price=each, currency=currency), n) for each, n, kind in wanted), to=to)
    assert found.total == found.net + sum(found.taxes.values()) == sum(line.total for line in found.lines)
    for line in found.lines:
        exact = Decimal(line.net) * rate / 100
        assert line.tax == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
