"""Whose a letter is: the person whom its address reaches, and orders that were made with it without signing in."""

import pytest
from django.utils import timezone

from tests.rights.conftest import Planted
from tests.rights.requesting import ADDRESS, CONFIRM, MAILBOX, last, secret
from tests.rights.test_requests import Letters
from upheld import vault
from upheld.contact.errors import NotAnAddress
from upheld.contact.models import Address
from upheld.orders.guests import is_found_by
from upheld.orders.models import Order
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.models import Request, Right
from upheld.rights.requests.writers import reached


def order(email: str, *, of: Planted | None = None) -> Order:
    """As somebody makes it who is not signed in and types an address; or who is, and types another one."""
    subject = of.subject if of else vault.new_subject()
    row = Order(
        subject=subject, number="7KQ4M-X2P9D", currency="EUR", card=subject, drafted_at=timezone.now(),
        placed_at=timezone.now(),
    )  # fmt: skip
    vault.collect(row, {"email": email}, source="order", by=Actor.person(subject))
    is_found_by(row, email)
    row.refresh_from_db()
    return row


def test_nobody_is_made_up_by_looking(db: None) -> None:
    assert verbs.writers("nobody@example.org") == []
    assert not Address.objects.exists()


def test_an_address_leads_to_its_person_however_it_is_written(ann: Planted) -> None:
    assert verbs.writers(ADDRESS) == verbs.writers("Ann.Canary@EXAMPLE.org") == [ann.subject]


def test_what_was_ordered_apart_is_theirs_too(ann: Planted) -> None:
    apart = order(ADDRESS)
    assert verbs.writers(ADDRESS) == [ann.subject, apart.subject]


def test_an_account_is_not_opened_by_an_address_typed_in_an_order_of_its(ann: Planted, bob: Planted) -> None:
    order("gift@example.org", of=bob)
    assert verbs.writers("gift@example.org") == []


def test_who_ordered_apart_alone_is_written_to_there(transactional_db: None, letters: Letters) -> None:
    apart = order("guest@example.org")
    assert reached([apart.subject]) == apart
    asked = verbs.ask(verbs.writers("guest@example.org"), [Right.ACCESS], way="letter", by=MAILBOX)
    assert asked
    assert letters()[-1]["To"] == "guest@example.org"
    assert verbs.confirm(secret(CONFIRM, last(letters)), by=Actor.visitor())


def test_one_word_confirms_for_both(ann: Planted, letters: Letters) -> None:
    apart = order(ADDRESS)
    verbs.ask(verbs.writers(ADDRESS), [Right.RECTIFICATION], way="letter", by=MAILBOX)
    assert len(letters()) == 1
    found = verbs.confirm(secret(CONFIRM, last(letters)), by=Actor.visitor())
    assert isinstance(found, list)
    assert {each.subject for each in found} == {ann.subject, apart.subject}
    assert len(letters()) == 4  # and a link for each of them to correct it at once, and that both are with us
    assert Request.objects.count() == 2


def test_a_writer_is_made_once(db: None) -> None:
    first = verbs.writer("new@example.org", by=MAILBOX)
    assert verbs.writer("NEW@example.org", by=Actor.visitor()) == first
    [address] = Address.objects.all()
    assert (address.verified_at, address.held()["email"].source) == (None, "letter")


def test_a_writer_has_an_address(db: None) -> None:
    with pytest.raises(NotAnAddress):
        verbs.writer("no address", by=MAILBOX)
