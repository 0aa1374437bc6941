"""Two tabs, a double click, the worker in the middle: one order, one charge, one parcel, and nobody's stock twice."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests.accounts.test_at_once import at_once
from tests.orders.conftest import BERLIN, Shop, billing, staff, steps, total
from tests.payments.conftest import Typed
from upheld.orders import verbs
from upheld.orders.errors import NotNow
from upheld.orders.following import advance
from upheld.orders.models import Document, Order, Shipment
from upheld.orders.sums import sums_of
from upheld.payments import processors
from upheld.payments import verbs as payments
from upheld.payments.models import Card, Payment
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor
from upheld.vault.models import Disclosure

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(processor: Sandbox, typed: Typed, letters: Callable[[], Any]) -> Iterator[Shop]:
    processors.current()  # made by one thread, for all of them
    yield Shop(typed).open()
    assert payments.reconcile().differences == []


def trying(verb: Callable[[], Any]) -> Callable[[], Any]:
    """What it answers, a refusal too."""

    def tried() -> Any:
        try:
            return verb()
        except NotNow as refusal:
            return refusal

    return tried


def test_a_form_sent_from_two_tabs_at_once_is_one_order(shop: Shop) -> None:
    basket, tokens = uuid7(), [shop.typed(), shop.typed()]

    def send(token: str) -> Any:
        return verbs.draft(
            basket=basket, items=[(shop.variants["guide"].pk, 1)], details={"email": "a@example.org", **BERLIN},
            card=None, card_token=token, subject=None, by=Actor.visitor(),
        )  # fmt: skip

    answers = at_once(*[lambda token=token: send(token) for token in tokens * 2])
    assert {answer.pk for answer in answers} == {basket}
    assert Order.objects.get().card in Card.objects.values_list("pk", flat=True)


def test_an_order_placed_many_times_at_once_is_charged_once(shop: Shop) -> None:
    order = shop.drafted("guide", "export")
    answers = at_once(*[lambda: shop.place(order)] * 4)
    assert all(isinstance(answer, verbs.Placed) for answer in answers)
    advance(order)
    assert sums_of(order).captured == 1071
    assert Payment.objects.count() == Document.objects.count() == 1
    assert (steps(order).count("placed"), shop.stock("guide")) == (1, 9)


def test_the_last_one_is_sold_once(shop: Shop) -> None:
    verbs.change_variant(shop.variants["guide"], stock=1, by=Actor.operator())
    orders = [shop.drafted("guide", email=f"{n}@example.org") for n in range(4)]
    answers = at_once(*[lambda order=order: shop.place(order) for order in orders])
    assert [isinstance(answer, verbs.Placed) for answer in answers].count(True) == 1
    assert shop.stock("guide") == 0


def test_a_parcel_shipped_many_times_at_once_leaves_once(shop: Shop) -> None:
    order = shop.placed("guide")
    ship = trying(lambda: verbs.ship(order, by=staff(order), tracking="RR1234"))
    answers = at_once(*[ship] * 3)
    assert any(isinstance(answer, Shipment) for answer in answers)
    assert Shipment.objects.exclude(shipped_at=None).count() == 1
    assert (sums_of(order).captured, steps(order).count("shipped")) == (total(order), 1)
    assert Disclosure.objects.filter(recipient="carrier").count() == 1


def test_a_cancellation_and_a_parcel_at_once_are_one_of_the_two(shop: Shop) -> None:
    order = shop.placed("guide")
    at_once(
        trying(lambda: verbs.ship(order, by=staff(order), tracking="RR1234")),
        trying(lambda: verbs.cancel(order, by=Actor.person(order.subject))),
    )
    sums = sums_of(order)
    if verbs.state(order) == "cancelled":
        assert (sums.reserved, sums.held, shop.stock("guide")) == (0, 0, 10)
    else:
        assert (verbs.state(order), sums.held, shop.stock("guide")) == ("shipped", total(order), 9)


def test_money_asked_back_many_times_at_once_goes_back_once(shop: Shop) -> None:
    order = shop.placed("export")
    answers = at_once(*[lambda: verbs.refund(order, by=billing(order))] * 4)
    assert [bool(answer) for answer in answers].count(True) == 1
    assert sums_of(order).refunded == total(order)
    assert Document.objects.filter(kind="credit_note").count() == 1
