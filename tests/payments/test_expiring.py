"""A letter about a card that will not serve much longer: once, with a link, and without a word about the card."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from tests.accounts.test_at_once import at_once
from tests.payments.conftest import Typed
from tests.payments.people import CAPTURE_FAILS, CHARGE_FAILS, Buyer, buyer, committed
from tests.people import Person
from upheld import ledger, vault
from upheld.contact import verbs as contact
from upheld.payments import expiring, verbs
from upheld.payments.models import Card
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

Letters = Callable[[], list[EmailMessage]]


@pytest.fixture
def ada(processor: Sandbox, typed: Typed, person: Person) -> Buyer:
    card = verbs.add_card(person.subject, token=typed(), source="account", by=person.me)
    assert isinstance(card, Card)
    return Buyer(person.subject, card)


def expires_in(ada: Buyer, days: int) -> None:
    """As if the card had been typed with such an expiry, weeks ago."""
    when = timezone.now() + timedelta(days=days)
    vault.collect(ada.card, {"expiry": f"{when:%Y-%m}"}, source="account", by=ada.me)
    Card.objects.update(looked_at=timezone.now() - timedelta(days=16))


def told(letters: Letters) -> list[str]:
    subjects = [str(letter["Subject"]) for letter in letters()]
    return [each for each in subjects if "card" in each]


def tell() -> int:
    count: int = committed(verbs.tell_expiring)
    return count


def test_a_card_that_expires_soon_is_written_about_once(ada: Buyer, letters: Letters) -> None:
    expires_in(ada, 0)
    if not verbs.describe([ada.card], by=ada.me)[0].expires_soon:
        pytest.skip("not in the 30 days before the end of this month")
    assert (tell(), tell()) == (1, 0)
    assert told(letters) == ["Your card expires soon"]


def test_the_letter_leads_to_the_page_and_says_nothing_of_the_card(
    ada: Buyer, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upheld.payments.cards.SOON", timedelta(days=80))
    expires_in(ada, 40)
    assert tell() == 1
    text = letters()[-1].as_string()
    assert "/account/cards/" in text
    assert not [word for word in ("visa", "4242", f"{timezone.now():%Y-}") if word in text.split("\n\n", 1)[1].lower()]
    assert Card.objects.get().told_at


def test_a_card_that_serves_for_long_is_looked_at_twice_a_month(ada: Buyer, letters: Letters) -> None:
    expires_in(ada, 400)
    before = ledger.Entry.objects.filter(act=Act.FIELD_OPEN).count()
    assert (tell(), tell()) == (0, 0)
    assert ledger.Entry.objects.filter(act=Act.FIELD_OPEN).count() == before + 1
    assert told(letters) == []


def test_a_card_that_was_declined_while_nobody_was_there_is_written_about(
    ada: Buyer, typed: Typed, letters: Letters
) -> None:
    bad = ada.add(typed(CHARGE_FAILS))
    assert not ada.pay(card=bad)
    assert tell() == 0  # the page said so
    assert not ada.pay(card=bad, off_session=True)
    assert (tell(), tell()) == (1, 0)
    assert told(letters) == ["Your card was declined"]


def test_want_of_money_says_nothing_about_the_card(ada: Buyer, typed: Typed) -> None:
    ada.card = ada.add(typed(CAPTURE_FAILS))
    verbs.capture(ada.paid(), amount=1, by=ada.me)
    assert tell() == 0


def test_whoever_has_no_address_is_looked_at_no_more(ada: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiring, "_addresses", lambda _: {})
    Card.objects.update(declined_at=timezone.now())
    assert tell() == 0
    assert Card.objects.get().told_at


def test_many_cards_go_in_chunks(ada: Buyer, typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        ada.add(typed())
    Card.objects.update(declined_at=timezone.now())
    monkeypatch.setattr(expiring, "CHUNK", 2)
    assert tell() == 5


@pytest.mark.django_db
def test_guests_who_have_no_page_for_cards_are_not_written_to(
    processor: Sandbox, typed: Typed, letters: Letters
) -> None:
    guest = buyer(typed)
    contact.add_address(guest.subject, email="guest@example.org", source="order", by=Actor.visitor())
    Card.objects.update(declined_at=timezone.now(), looked_at=timezone.now() - timedelta(days=16))
    assert tell() == 0
    assert told(letters) == []
    assert not Card.objects.exclude(told_at=None).exists(), "whoever signs up later is told"


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_once(ada: Buyer) -> None:
    Card.objects.update(declined_at=timezone.now())
    assert sorted(at_once(*[verbs.tell_expiring] * 3)) == [0, 0, 1]
