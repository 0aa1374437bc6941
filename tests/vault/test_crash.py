"""Erasure, collection, correction and rotation are killed before each of their steps, and resumed."""

import json
from uuid import UUID

import pytest

from tests.crash import kill_at_each_step
from tests.embedding.shop.models import Customer
from upheld import ledger, vault
from upheld.home import Home
from upheld.policy.actors import Actor
from upheld.vault.errors import KeyMissing
from upheld.vault.keys import rotation
from upheld.vault.keys.models import DataKey, Erasure
from upheld.vault.models import Lookup


def remember(**facts: str) -> None:
    (Home.here().folder / "told.json").write_text(json.dumps(facts))


def told() -> tuple[UUID, Actor]:
    subject = UUID(json.loads((Home.here().folder / "told.json").read_text())["subject"])
    return subject, Actor.person(subject)


def name_a_subject() -> None:
    remember(subject=str(vault.new_subject()))


def collect() -> None:
    subject, me = told()
    vault.collect(Customer(subject=subject), {"email": "ada@example.org"}, source="account", by=me)


def known() -> None:
    name_a_subject()
    collect()


def email(subject: UUID, me: Actor) -> str | None:
    return vault.open(Customer.objects.get(subject=subject), ["email"], by=me, purpose="access")["email"]


def all_or_nothing_was_collected() -> None:
    subject, me = told()
    found = vault.find(Customer, "email", "ada@example.org")
    entries = ledger.Entry.objects.of(subject).count()
    assert (found is None) == (not Customer.objects.exists()) == (entries == 0)
    if found is None:
        collect()  # the person tries again, and nothing is in the way
    assert email(subject, me) == "ada@example.org"


def correct() -> None:
    subject, me = told()
    row = Customer.objects.get(subject=subject)
    vault.correct(row, {"email": "countess@example.org"}, source="account", by=me)


def one_address_holds() -> None:
    subject, me = told()
    held = email(subject, me)
    assert held in ("ada@example.org", "countess@example.org")
    assert vault.find(Customer, "email", held) is not None
    assert Lookup.objects.count() == 1


def erase() -> None:
    subject, me = told()
    vault.shred(subject, by=me)


def nothing_is_half_erased() -> None:
    subject, me = told()
    if Erasure.objects.filter(subject=subject).exists():
        left = list(Customer.objects.filter(subject=subject))
        for row in left:  # whatever rows there are, they open no more
            with pytest.raises(KeyMissing):
                vault.open(row, ["email"], by=me, purpose="access")
        vault.resume()
        assert not Customer.objects.filter(subject=subject).exists()
        assert not Lookup.objects.exists()
        assert not DataKey.objects.filter(subject=subject).exists()
        assert Erasure.objects.get(subject=subject).finished_at is not None
        assert ledger.Entry.objects.of(subject).filter(act="vault:subject:shred").count() == 1
    else:
        assert email(subject, me) == "ada@example.org"


def rotate() -> None:
    rotation.GRACE = 0.0
    rotation.rotate(by=Actor.operator())


def every_value_opens_and_the_rotation_ends() -> None:
    subject, me = told()
    assert email(subject, me) == "ada@example.org"
    rotate()
    assert email(subject, me) == "ada@example.org"


def test_collection() -> None:
    assert kill_at_each_step(collect, before=name_a_subject, check=all_or_nothing_was_collected) > 4


def test_correction() -> None:
    assert kill_at_each_step(correct, before=known, check=one_address_holds) > 4


def test_erasure() -> None:
    assert kill_at_each_step(erase, before=known, check=nothing_is_half_erased) > 8


def test_rotation() -> None:
    assert kill_at_each_step(rotate, before=known, check=every_value_opens_and_the_rotation_ends) > 5
