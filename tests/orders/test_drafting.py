"""The order form: what it asks for, whose the order is, and that the same form sent twice is one order."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests.orders.conftest import BERLIN, Shop, fresh, steps
from tests.people import Person
from upheld import vault
from upheld.accounts.models import Account
from upheld.contact.models import Address
from upheld.orders import verbs
from upheld.orders.models import Line, Order
from upheld.payments.models import Card
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor
from upheld.policy.errors import Refused
from upheld.vault.errors import Erased


def test_a_parcel_needs_a_name_and_an_address_and_a_download_needs_neither(shop: Shop) -> None:
    parcel, download = shop.drafted("guide"), shop.drafted("export", details=BERLIN)
    assert set(parcel.held()) == {"name", "address_line1", "city", "postal_code", "country"}
    assert set(download.held()) == {"country"}
    assert {origin.source for origin in parcel.held().values()} == {"order"}
    opened = vault.open(parcel, ["name", "city"], by=Actor.person(parcel.subject), purpose="fulfilment")
    assert opened == {"name": "Ada Beispiel", "city": "Berlin"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"details": BERLIN | {"name": " "}}, "name"),
        ({"details": BERLIN | {"postal_code": "1"}}, "postal_code"),
        ({"details": BERLIN | {"country": "XX"}}, "country"),
        ({"details": BERLIN | {"country": ""}}, "country"),
        ({"details": BERLIN | {"country": "FR"}}, "country"),
        ({"number": "4000000000000002"}, "card"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(shop: Shop, given: dict[str, Any], field: str) -> None:
    answer = shop.draft("guide", **given)
    assert isinstance(answer, verbs.Refusal)
    assert answer.field == field
    assert answer.sentence.endswith(".")
    assert not Order.objects.exists()


def test_every_wrong_field_is_named_at_once(shop: Shop) -> None:
    answer = shop.draft("guide", email="x", details={"country": "DE"})
    assert set(answer.sentences) == {"email", "name", "address_line1", "city", "postal_code"}


def test_a_card_is_needed_and_nobody_elses(shop: Shop, person: Person) -> None:
    theirs = Card.objects.of(shop.drafted("guide").subject).get()
    given: dict[str, Any] = {"card_token": "", "items": [(shop.variants["guide"].pk, 1)], "details": BERLIN}
    for card in (None, theirs):
        answer = verbs.draft(basket=uuid7(), card=card, subject=person.subject, by=person.me, **given)
        assert isinstance(answer, verbs.Refusal)
        assert answer.field == "card"
    mine = shop.drafted("guide", who=person)
    again = verbs.draft(
        basket=uuid7(), card=Card.objects.of(person.subject).get(), subject=person.subject, by=person.me, **given
    )
    assert isinstance(again, Order)
    assert again.card == mine.card


def test_guests_with_one_address_are_one_person(shop: Shop) -> None:
    one, two, other = shop.drafted("guide"), shop.drafted("mount"), shop.drafted("guide", email="else@example.org")
    assert one.subject == two.subject != other.subject
    address = Address.objects.for_subject(one.subject).get()
    assert (address.verified_at, address.held()["email"].source) == (None, "order")
    assert not Account.objects.exists()


def test_nobody_orders_for_an_account_by_knowing_its_address(shop: Shop, person: Person) -> None:
    order = shop.drafted("guide", email=person.email)
    assert order.subject != person.subject
    assert "email" in order.held()
    assert verbs.address_of(order) == order


def test_another_address_than_the_accounts_is_kept_with_the_order(shop: Shop, person: Person) -> None:
    assert "email" not in shop.drafted("guide", who=person, email=person.email.upper()).held()
    assert "email" not in shop.drafted("guide", who=person).held()
    assert "email" in shop.drafted("guide", who=person, email="work@example.org").held()


def test_drafting_again_replaces_the_draft(shop: Shop) -> None:
    basket = uuid7()
    first = shop.drafted("guide", basket=basket)
    second = shop.drafted("mount", "export", basket=basket, details=BERLIN | {"city": "Potsdam"})
    assert Order.objects.get() == second == first
    assert [line.sku for line in Line.objects.of(second)] == ["mount", "export", "shipping"]
    assert steps(second) == ["drafted"]
    moved = shop.drafted("mount", basket=basket, email="else@example.org")
    assert moved.subject != first.subject
    assert Order.objects.get().subject == moved.subject


def test_a_card_that_a_guest_replaced_is_not_kept(shop: Shop, person: Person) -> None:
    for who, kept in ((None, 1), (person, 2)):
        basket = uuid7()
        for _ in range(2):
            order = shop.drafted("guide", basket=basket, who=who)
        assert Card.objects.of(order.subject).count() == kept
        assert Card.objects.of(order.subject).filter(pk=order.card).exists()


def test_whoever_goes_back_keeps_their_card_whether_or_not_the_address_has_an_account(
    shop: Shop, person: Person
) -> None:
    for email in ("nobody@example.org", person.email):
        basket = uuid7()
        first = shop.drafted("guide", basket=basket, email=email)
        again = shop.drafted("guide", basket=basket, email=email.upper(), card=Card.objects.get(pk=first.card))
        assert (again.subject, again.card) == (first.subject, first.card)
        other = shop.drafted("guide", basket=uuid7(), email=email)
        assert other.card != first.card
    apart = shop.drafted("guide", email="else@example.org", who=person)
    assert shop.drafted("guide", basket=apart.pk, email="else@example.org").subject != person.subject


def test_what_the_books_keep_of_an_order_has_no_digest_of_its_address(shop: Shop, person: Person) -> None:
    order = shop.placed("export", email=person.email)
    assert fresh(order).email_digest
    vault.shred(order.subject, by=Actor.person(order.subject))
    assert fresh(order).email_digest is None


def test_once_placed_the_same_basket_is_the_placed_order(shop: Shop) -> None:
    basket = uuid7()
    order = shop.placed("guide", basket=basket)
    again = shop.draft("mount", basket=basket)
    assert again == order
    assert again.placed_at
    assert [line.sku for line in Line.objects.of(fresh(order))] == ["guide", "shipping"]


def test_a_placed_order_is_nobody_elses_for_knowing_its_basket(shop: Shop, person: Person) -> None:
    for email in ("guest@example.org", person.email):
        order = shop.placed("guide", email=email)
        assert shop.draft("guide", basket=order.pk, email=email) == order
        for other in ({"email": "else@example.org"}, {"email": ""}, {"who": person}):
            answer = shop.draft("guide", basket=order.pk, **other)
            assert isinstance(answer, verbs.Refusal)
            assert answer.field == "items"
    mine = shop.placed("guide", who=person)
    assert shop.draft("guide", basket=mine.pk, who=person) == mine
    assert isinstance(shop.draft("guide", basket=mine.pk, email=person.email), verbs.Refusal)


def test_the_same_form_sent_twice_is_one_order_with_one_card(shop: Shop, processor: Sandbox) -> None:
    basket, token = uuid7(), shop.typed()
    given: dict[str, Any] = {
        "basket": basket, "items": [(shop.variants["guide"].pk, 1)], "details": {"email": "a@example.org", **BERLIN},
        "card": None, "card_token": token, "subject": None, "by": Actor.visitor(),
    }  # fmt: skip
    one, two = verbs.draft(**given), verbs.draft(**given)
    assert isinstance(one, Order)
    assert isinstance(two, Order)
    assert one.card == two.card
    assert Card.objects.count() == 1


def test_a_withdrawn_thing_and_one_that_never_was_are_refused(shop: Shop) -> None:
    verbs.withdraw(shop.variants["guide"], by=Actor.operator())
    assert shop.draft("guide").field == "items"
    shop.variants["guide"].pk = uuid7()
    assert shop.draft("guide").field == "items"


def test_the_erased_order_no_more(shop: Shop, person: Person) -> None:
    vault.shred(person.subject, by=person.me)
    with pytest.raises((Erased, Refused)):
        shop.draft("guide", who=person)
