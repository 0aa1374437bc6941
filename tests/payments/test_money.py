"""Money is exact, in every currency that there is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import CURRENCIES

from upheld.payments import money
from upheld.payments.errors import NotMoney

PAID_WITH = sorted(code for code in CURRENCIES if not code.startswith("X") or code in money.REGIONAL)


@given(st.integers(0, money.MOST), st.sampled_from(PAID_WITH))
def test_minor_units_come_back_as_they_were(amount: int, currency: str) -> None:
    assert money.minor(money.money(amount, currency)) == amount


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [(1999, "USD", "$19.99"), (1999, "JPY", "¥1,999"), (1999, "KWD", "KWD1.999"), (5, "EUR", "€0.05")],
)
def test_amounts_are_shown_with_their_own_decimals(minor: int, currency: str, shown: str) -> None:
    assert money.shown(minor, currency) == shown


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("19.90", "EUR", 1990), (" 7 ", "JPY", 7), ("1.234", "KWD", 1234), ("-5", "USD", -500)],
)
def test_amounts_are_read(text: str, currency: str, minor: int) -> None:
    assert money.minor(money.read(text, currency)) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("0.5", "JPY"), ("1.999", "USD"), ("twelve", "USD"), ("", "USD"), ("NaN", "USD"), ("inf", "USD"),
        ("1,000", "USD"), ("99999999999999", "USD"), ("1", "XAU"), ("1", "ZZZ"), ("1", ""), ("1e999999", "USD"),
        ("1e2", "USD"), ("19.900000000000000000000000000000001", "USD"), ("1_000", "USD"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_in_words(text: str, currency: str) -> None:
    with pytest.raises(NotMoney):
        money.read(text, currency)


@given(st.integers(0, 10**9), st.decimals(0, 50, places=3))
def test_a_tax_is_within_half_a_unit(amount: int, percent: Decimal) -> None:
    assert abs(money.share(amount, percent) - amount * percent / 100) <= Decimal("0.5")
