"""Data come in from declared sources, sealed, with where and when; and are corrected in place."""

import time
from pathlib import Path

import pytest
from django.db import connections, transaction

from tests.embedding.shop.models import Customer
from tests.vault.conftest import SYSTEM, Known, known
from upheld import ledger, vault
from upheld.home import Home
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.vault.errors import AlreadyHeld, NoIndex, UnknownField
from upheld.vault.models import Lookup

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_given_comes_back_to_its_person(ada: Known) -> None:
    assert ada.values == {"email": "ada@example.org", "name": "Ada", "country": "GB"}


def test_a_row_in_python_shows_masks_only(ada: Known) -> None:
    row = Customer.objects.get(subject=ada.row.subject)
    assert str(row.email) == "•••"
    assert Customer(subject=ada.row.subject).email is None


def test_each_value_keeps_its_source_and_time(ada: Known) -> None:
    assert {name: origin.source for name, origin in ada.row.held().items()} == {
        "email": "sign_up", "name": "order", "country": "order",
    }  # fmt: skip
    assert abs(ada.row.held()["email"].at - time.time()) < 60


def test_one_envelope_for_each_retention_class(ada: Known) -> None:
    assert [(e.retention, sorted(e.fields)) for e in ada.row.envelopes()] == [
        ("account", ["email", "name"]), ("books", ["country"]),
    ]  # fmt: skip


def test_a_source_that_is_not_declared_is_refused(ada: Known) -> None:
    with pytest.raises(Refused):
        vault.collect(ada.row, {"email": "b@example.org"}, source="order", by=ada.me)


def test_a_field_that_is_not_declared_is_refused(ada: Known) -> None:
    with pytest.raises(UnknownField, match="it has: email, name, country"):
        vault.collect(ada.row, {"phone": "1"}, source="sign_up", by=ada.me)


def test_nobody_collects_about_someone_else(ada: Known) -> None:
    with pytest.raises(Refused):
        vault.collect(ada.row, {"name": "Eve"}, source="order", by=Actor.person(vault.new_subject()))


def test_a_value_that_can_be_looked_up_has_one_holder(ada: Known) -> None:
    with pytest.raises(AlreadyHeld):
        known(email="ADA@EXAMPLE.ORG")
    assert Customer.objects.count() == 1


def test_finding_needs_the_exact_address_in_any_spelling(ada: Known) -> None:
    assert vault.find(Customer, "email", " Ada@EXAMPLE.org ") == ada.row
    assert vault.find(Customer, "email", "ada@example.com") is None
    with pytest.raises(NoIndex):
        vault.find(Customer, "name", "Ada")


def test_the_index_does_not_hold_the_value(ada: Known) -> None:
    digest = bytes(Lookup.objects.get(subject=ada.row.subject).digest)
    assert len(digest) == 32
    assert b"ada" not in digest


def test_many_people_are_collected_at_once() -> None:
    rows = [(Customer(subject=vault.new_subject()), {"email": f"p{n}@example.org"}) for n in range(600)]
    saved = vault.collect_many(rows, source="sign_up", by=Actor.visitor())
    opened = vault.open(saved, ["email"], by=SYSTEM, purpose="greeting")
    assert [values["email"] for values in opened] == [f"p{n}@example.org" for n in range(600)]


def test_a_correction_replaces_the_value_its_source_and_its_index(ada: Known) -> None:
    ada.row = vault.correct(ada.row, {"email": "countess@example.org"}, source="account", by=ada.me)
    assert ada.values["email"] == "countess@example.org"
    assert ada.row.held()["email"].source == "account"
    assert vault.find(Customer, "email", "ada@example.org") is None
    assert vault.find(Customer, "email", "countess@example.org") == ada.row


def test_a_correction_to_the_value_of_someone_else_changes_nothing(ada: Known) -> None:
    other = known(email="eve@example.org")
    with pytest.raises(AlreadyHeld):
        vault.correct(other.row, {"email": "ada@example.org"}, source="account", by=other.me)
    other.row.refresh_from_db()
    assert other.values["email"] == "eve@example.org"
    assert vault.find(Customer, "email", "eve@example.org") == other.row


def test_the_old_ciphertext_leaves_the_files(ada: Known, home: Home) -> None:
    if connections["default"].vendor != "sqlite":
        pytest.skip("PostgreSQL keeps dead rows until it vacuums; docs/trust.md says so")
    old = ada.row.envelopes()[0].sealed
    vault.correct(ada.row, {"email": "countess@example.org"}, source="account", by=ada.me)
    assert not [path for path in files(home) if old in path.read_bytes()]


def files(home: Home) -> list[Path]:
    return [path for path in home.folder.rglob("*") if path.is_file()]


def test_collecting_and_correcting_are_on_record(ada: Known) -> None:
    vault.correct(ada.row, {"name": "Augusta"}, source="account", by=ada.me)
    acts = [(e.act, e.facts["fields"]) for e in ledger.Entry.objects.of(ada.row.subject)]
    assert acts == [
        ("vault:field:collect", ["email"]),
        ("vault:field:collect", ["country", "name"]),
        ("vault:field:correct", ["name"]),
    ]


def test_what_is_undone_leaves_neither_value_nor_entry() -> None:
    subject = vault.new_subject()
    with transaction.atomic():
        vault.collect(Customer(subject=subject), {"email": "x@example.org"}, source="sign_up", by=Actor.visitor())
        transaction.set_rollback(True)
    assert not Customer.objects.exists()
    assert not ledger.Entry.objects.exists()
    assert vault.find(Customer, "email", "x@example.org") is None
