"""One row goes, with its look-up and its ciphertext, and leaves its entry in the ledger."""

import pytest
from django.db import connections, transaction

from tests.embedding.shop.models import Customer
from tests.vault.conftest import SYSTEM, Known, known
from tests.vault.test_shredding import holding
from upheld import ledger, vault
from upheld.home import Home
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.vault import spent
from upheld.vault.errors import KeyMissing
from upheld.vault.keys.models import DataKey

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_row_and_its_look_up_go_and_the_person_stays(ada: Known) -> None:
    other = vault.collect(
        Customer(subject=ada.row.subject), {"email": "second@example.org"}, source="account", by=ada.me
    )
    vault.remove(ada.row, by=ada.me, because="request:1")
    assert list(Customer.objects.for_subject(ada.row.subject)) == [other]
    assert vault.find(Customer, "email", "ada@example.org") is None
    assert vault.find(Customer, "email", "second@example.org") == other


def test_it_is_on_record(ada: Known) -> None:
    vault.remove(ada.row, by=ada.me, because="request:1")
    entry = ledger.Entry.objects.of(ada.row.subject).last()
    assert entry is not None
    assert (entry.act, entry.facts) == ("vault:row:remove", {"row": ada.row.reference, "because": "request:1"})


def test_its_ciphertext_leaves_the_files(ada: Known, home: Home) -> None:
    if connections["default"].vendor != "sqlite":
        pytest.skip("a server's files are not ours to read; docs/trust.md says what it keeps")
    sealed = ada.row.envelopes()[0].sealed
    assert holding(home, sealed)
    vault.remove(ada.row, by=ada.me)
    assert not holding(home, sealed)


def test_somebody_else_may_not(ada: Known) -> None:
    eve = known(email="eve@example.org")
    for by in (eve.me, Actor.visitor(), Actor.operator()):
        with pytest.raises(Refused):
            vault.remove(ada.row, by=by)
    vault.remove(ada.row, by=SYSTEM)
    assert list(Customer.objects.all()) == [eve.row]


def classes(ada: Known) -> set[str]:
    return set(DataKey.objects.filter(subject=ada.row.subject).values_list("retention", flat=True))


def test_the_last_of_a_class_takes_its_key_along(ada: Known) -> None:
    other = vault.collect(
        Customer(subject=ada.row.subject), {"email": "second@example.org"}, source="account", by=ada.me
    )
    vault.remove(ada.row, by=ada.me)
    assert classes(ada) == {"account"}
    with pytest.raises(KeyMissing):  # a copy from before
        vault.open(ada.row, ["country"], by=ada.me, purpose="access")
    assert vault.open(other, ["email"], by=ada.me, purpose="access") == {"email": "second@example.org"}
    vault.remove(other, by=ada.me)
    assert not classes(ada)


def test_what_is_undone_takes_no_key_along(ada: Known) -> None:
    with transaction.atomic():
        vault.remove(ada.row, by=ada.me)
        transaction.set_rollback(True)
    assert ada.values["country"] == "GB"


def test_a_key_that_a_crash_left_goes_by_the_next_day(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(spent, "destroy_spent", lambda *_: False)
        vault.remove(ada.row, by=ada.me)
    assert classes(ada) == {"account", "books"}
    vault.expire_due()
    assert not classes(ada)


def test_a_row_that_nobody_can_read_keeps_its_keys(ada: Known) -> None:
    other = vault.collect(Customer(subject=ada.row.subject), {"country": "FR"}, source="order", by=ada.me)
    Customer.objects.filter(pk=other.pk).update(sealed=b"damaged")
    vault.remove(ada.row, by=ada.me)
    assert classes(ada) == {"account", "books"}
