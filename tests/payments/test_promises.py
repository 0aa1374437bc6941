"""The check upholds what holds, and sees a place for a card's number."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from upheld.home import Home
from upheld.payments import promises
from upheld.payments.models import Card
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.checks import Finding
from upheld.vault import Sealed

pytestmark = pytest.mark.django_db


def test_it_holds_with_the_sandbox_looked_at(processor: Sandbox) -> None:
    processor.steer("tokens", number="4242424242424242", exp_month=12, exp_year=2040, cvc="123")
    finding = promises.no_place_for_a_number()
    assert finding.upheld, finding
    assert any(place.startswith("sandbox ") for place in promises._sandbox())


@pytest.mark.parametrize("name", ["cvc", "cvv2", "security_code", "card_number", "pan", "track2"])
def test_a_sealed_field_for_it_breaks_the_order_form(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(promises.vault, "registry", lambda: {Card: {name: Sealed("card")}})
    assert broken() == (f"card.{name}",)


@pytest.mark.parametrize("name", ["number", "number_typed"])
def test_a_number_of_a_card_breaks_it_and_one_of_an_order_does_not(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    places = [f"orders_order.{name}", f"payments_card.{name}", "orders_document.number", "accounts_pane.spans"]
    monkeypatch.setattr(promises, "_columns", lambda: iter(places))
    assert broken() == (f"payments_card.{name}",)


@pytest.fixture
def kept(processor: Sandbox, home: Home) -> Iterator[None]:
    """A sandbox that keeps the code."""
    processor.steer("reset")
    with closing(sqlite3.connect(home.sandbox / "sandbox.sqlite3")) as database:
        database.execute("CREATE TABLE typed (cvc TEXT)")
        yield
        database.execute("DROP TABLE typed")


@pytest.mark.usefixtures("kept")
def test_a_table_of_the_sandbox_for_it_breaks_it() -> None:
    assert broken() == ("sandbox typed.cvc",)


def broken() -> tuple[str, ...]:
    finding: Finding = promises.no_place_for_a_number()
    assert finding.upheld is False
    return finding.details
