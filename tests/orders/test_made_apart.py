"""Orders with somebody's address, made without signing in: whoever has shown that it is theirs finds them."""

from tests.orders.conftest import Shop, fresh
from tests.people import Person
from upheld import vault
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.orders import verbs
from upheld.orders.models import Order
from upheld.policy.actors import Actor
from upheld.rights import verbs as rights


def apart(person: Person) -> list[Order]:
    return list(verbs.made_apart(person.subject))


def test_the_owner_of_the_address_finds_them_the_newest_first(shop: Shop, person: Person) -> None:
    one, two = shop.placed("guide", email=person.email.upper()), shop.placed("export", email=person.email)
    shop.placed("guide", email="else@example.org")
    shop.placed("guide", who=person)
    shop.drafted("guide", email=person.email)
    assert apart(person) == [two, one]


def test_nobody_finds_them_by_an_address_that_they_have_not_shown_to_be_theirs(shop: Shop, person: Person) -> None:
    shop.placed("guide", email=person.email)
    Address.objects.for_subject(person.subject).update(verified_at=None)
    assert apart(person) == []
    stranger = vault.new_subject()
    address = contact.add_address(stranger, email="else@example.org", source="sign_up", by=Actor.visitor())
    contact.verify_address(address, by=Actor.person(stranger))
    assert not verbs.made_apart(stranger)


def test_an_order_of_another_account_is_not_found_by_the_address_it_writes_to(shop: Shop, person: Person) -> None:
    shop.placed("guide", who=person, email="work@example.org")
    owner = vault.new_subject()
    address = contact.add_address(owner, email="work@example.org", source="sign_up", by=Actor.visitor())
    contact.verify_address(address, by=Actor.person(owner))
    assert not verbs.made_apart(owner)


def test_an_order_whose_address_was_corrected_or_erased_is_found_no_more(shop: Shop, person: Person) -> None:
    corrected, erased = shop.placed("export", email=person.email), shop.placed("export", email=person.email)
    me = Actor.person(corrected.subject)
    rights.correct(corrected.subject, label="order", row=corrected.pk, field="email", value="new@example.org", by=me)
    assert fresh(corrected).email_digest
    assert apart(person) == [erased]
    vault.shred(erased.subject, by=Actor.person(erased.subject))
    assert apart(person) == []
