"""Ordering: what the form asks for, what it costs, and that it is charged once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import TestCase

from tests.orders.conftest import BERLIN, CHALLENGES, DECLINES_LATER, TIMES_OUT, Shop, fresh, steps, total
from tests.payments.people import say_at_the_bank
from tests.people import Person
from upheld.orders import links, verbs
from upheld.orders.models import Document, Order, Trouble
from upheld.orders.sums import sums_of
from upheld.payments.answers import Challenged
from upheld.payments.models import Card, Payment
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor
from upheld.policy.errors import Refused

Letters = Callable[[], list[Any]]


def test_a_parcel_is_placed_and_its_money_reserved(shop: Shop) -> None:
    order = shop.placed(("guide", 2))
    assert total(order) == 2 * 2450 + 931 + 490 + 93
    assert steps(order) == ["drafted", "placed", "authorised"]
    assert (sums_of(order).authorised, sums_of(order).captured) == (total(order), 0)
    assert verbs.state(order) == "paid"
    assert shop.stock("guide") == 8


def test_a_download_is_charged_at_once(shop: Shop) -> None:
    order = shop.placed("export", details={"country": "US"})
    assert steps(order) == ["drafted", "placed", "authorised", "captured"]
    assert sums_of(order).captured == 900
    invoice = Document.objects.of(order).get()
    assert (invoice.kind, invoice.amount, invoice.tax) == ("invoice", 900, 0)
    assert set(order.held()) == {"country"}


def test_a_stale_price_is_told_and_nothing_charged(shop: Shop) -> None:
    order = shop.drafted("guide")
    seen = total(order)
    verbs.change_variant(shop.variants["guide"], price=2500, by=Actor.operator())
    answer = verbs.place(order, total=seen, by=Actor.visitor())
    assert isinstance(answer, verbs.StalePrice)
    assert answer.totals.total == total(order) > seen
    assert steps(order) == ["drafted"]
    assert shop.stock("guide") == 10
    assert shop.place(order)


def test_what_was_sold_or_withdrawn_meanwhile_is_told(shop: Shop) -> None:
    order = shop.drafted(("guide", 3))
    verbs.change_variant(shop.variants["guide"], stock=2, by=Actor.operator())
    answer = shop.place(order)
    assert isinstance(answer, verbs.Refusal)
    assert answer.sentence == "Only 2 of Guide are left."
    verbs.change_variant(shop.variants["guide"], stock=5, by=Actor.operator())
    verbs.withdraw(shop.variants["guide"], by=Actor.operator())
    assert "no longer sold" in shop.place(order).sentence
    assert fresh(order).placed_at is None


def test_placed_twice_it_is_charged_once(shop: Shop) -> None:
    order = shop.placed("guide")
    assert isinstance(shop.place(order), verbs.Placed)
    assert isinstance(verbs.place(order, total=1, by=Actor.visitor()), verbs.Placed)
    assert Payment.objects.filter(pays_for=order.pk).count() == 1
    assert (shop.stock("guide"), steps(order).count("placed")) == (9, 1)


def test_an_order_that_is_gone_or_over_is_not_placed(shop: Shop) -> None:
    gone, over = shop.drafted("guide"), shop.placed("guide")
    Order.objects.filter(pk=gone.pk).delete()
    assert isinstance(verbs.place(gone, total=1, by=Actor.visitor()), verbs.Refusal)
    verbs.cancel(over, by=Actor.person(over.subject))
    assert isinstance(shop.place(over), verbs.Refusal)


def test_a_declined_card_leaves_the_order_waiting_with_a_letter(shop: Shop, letters: Letters) -> None:
    order = shop.drafted("guide", number=DECLINES_LATER)
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = shop.place(order)
    assert isinstance(answer, verbs.InTrouble)
    assert answer.sentence.startswith("We cannot fill this order yet: your card could not be charged.")
    assert verbs.state(order) == "trouble"
    assert Trouble.objects.of(order).get().kind == "declined"
    assert [letter["Subject"] for letter in letters()] == ["Your order needs you"]
    assert f"/order/mend/{links.token(order, links.MEND)[:20]}" in str(letters()[0].get_body(("plain",)))


def test_the_letter_of_an_order_tells_no_datum(shop: Shop, letters: Letters) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        order = shop.placed("guide", email="grace@example.org")
    text = letters()[-1].get_body(("plain",)).get_content()
    assert order.number in text
    assert "/order/mine/" in text
    for datum in (*BERLIN.values(), "grace", "4242"):
        assert datum not in text or datum == "DE"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (("guide",), "when the parcel leaves"),
        (("export",), "for it now"),
        (("guide", "export"), "for the rest when the parcel leaves"),
    ],
)
def test_the_letter_says_when_the_card_is_charged(
    shop: Shop, letters: Letters, wanted: tuple[str, ...], said: str
) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        shop.placed(*wanted)
    assert said in " ".join(letters()[-1].get_body(("plain",)).get_content().split())


def test_a_challenge_is_passed_and_the_order_is_paid(shop: Shop, processor: Sandbox) -> None:
    order = shop.drafted("export", number=CHALLENGES)
    answer = shop.place(order)
    assert isinstance(answer, Challenged)
    assert verbs.state(order) == "placed"
    again = shop.place(order)
    assert isinstance(again, Challenged)
    say_at_the_bank(processor, answer.url, "confirm")
    assert isinstance(verbs.carry_on(order, by=Actor.visitor()), verbs.Placed)
    assert sums_of(order).captured == total(order)


def test_a_challenge_that_is_refused_is_a_trouble(shop: Shop, processor: Sandbox) -> None:
    order = shop.drafted("guide", number=CHALLENGES)
    answer = shop.place(order)
    assert isinstance(answer, Challenged)
    say_at_the_bank(processor, answer.url, "refuse")
    answer = verbs.carry_on(order, by=Actor.visitor())
    assert isinstance(answer, verbs.InTrouble)
    assert "could not confirm that it was you" in answer.sentence


def test_no_answer_is_said_and_carried_on_with(shop: Shop) -> None:
    order = shop.drafted("export", number=TIMES_OUT)
    answer = shop.place(order)
    assert isinstance(answer, verbs.Placed)
    assert verbs.carry_on(order, by=Actor.visitor())
    assert sums_of(order).captured == total(order)
    assert Payment.objects.filter(pays_for=order.pk).count() == 1


def test_somebody_signed_up_orders_with_a_card_on_file(shop: Shop, person: Person) -> None:
    shop.placed("guide", who=person)
    card = Card.objects.of(person.subject).get()
    order = shop.placed("mount", who=person, card=card)
    assert order.card == card.pk
    with pytest.raises(Refused):
        verbs.place(order, total=1, by=Actor.person(order.pk))


def test_a_zero_decimal_currency_is_charged_as_it_is(shop: Shop) -> None:
    by = Actor.operator()
    verbs.set_destination("JP", tax_name="", tax_rate=Decimal(0), ships=True, shipping=0, currency="JPY", by=by)
    product = verbs.add_product(slug="yen", title="Yen", kind="download", by=by)
    shop.variants["yen"] = verbs.add_variant(product, sku="yen", price=1999, currency="JPY", by=by)
    order = shop.placed("yen", details={"country": "JP"})
    assert (order.currency, sums_of(order).captured) == ("JPY", 1999)
