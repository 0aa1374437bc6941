"""Retention ends by itself: the envelope, then the class's key, and the rows that stayed with the row."""

import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NoReturn
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from tests.embedding.shop.models import Customer, Purchase
from tests.vault.conftest import Known, known
from upheld import ledger, vault
from upheld.vault import expiring
from upheld.vault.errors import KeyMissing
from upheld.vault.keys.models import DataKey
from upheld.vault.spent import destroy_spent

pytestmark = pytest.mark.django_db(transaction=True)


def years_on(years: int, days: int = 0) -> date:
    """That many years from today; from a leap day, the last of February."""
    today = datetime.now(UTC).date()
    try:
        day = today.replace(year=today.year + years)
    except ValueError:
        day = date(today.year + years, 2, 28)
    return day + timedelta(days=days)


def classes(subject: UUID) -> set[str]:
    return set(DataKey.objects.filter(subject=subject).values_list("retention", flat=True))


def test_nothing_goes_before_its_day_is_over(ada: Known) -> None:
    for day in (None, years_on(1), years_on(7)):
        assert vault.expire_due(today=day) == 0
    assert ada.values["country"] == "GB"


def test_what_had_its_time_goes_and_the_rest_stays(ada: Known) -> None:
    assert vault.expire_due(today=years_on(7, 1)) == 1
    row = Customer.objects.get(id=ada.row.id)
    assert set(row.held()) == {"email", "name"}
    assert vault.open(row, ["email", "country"], by=ada.me, purpose="access") == {
        "email": "ada@example.org",
        "country": None,
    }
    assert classes(ada.row.subject) == {"account"}


def test_a_copy_from_before_cannot_be_read(ada: Known) -> None:
    vault.expire_due(today=years_on(7, 1))
    with pytest.raises(KeyMissing):
        vault.open(ada.row, ["country"], by=ada.me, purpose="access")


def test_after_an_erasure_the_books_end_with_everything_in_them(ada: Known) -> None:
    Purchase.objects.create(subject=ada.row.subject, customer=ada.row.id)
    vault.shred(ada.row.subject, by=ada.me)
    assert vault.expire_due(today=years_on(7, 1)) == 1
    assert not Customer.objects.exists()
    assert not Purchase.objects.exists()
    assert not classes(ada.row.subject)


def test_what_belongs_to_a_living_row_stays_with_it(ada: Known) -> None:
    Purchase.objects.create(subject=ada.row.subject, customer=ada.row.id)
    vault.expire_due(today=years_on(7, 1))
    assert Purchase.objects.exists()


def second_row(ada: Known, monkeypatch: pytest.MonkeyPatch) -> Customer:
    """A row of hers whose country is kept for a year longer."""
    with monkeypatch.context() as patch:
        later = datetime.now(UTC).timestamp() + 400 * 86400
        patch.setattr("upheld.vault.collecting.time.time", lambda: later)
        return vault.collect(Customer(subject=ada.row.subject), {"country": "FR"}, source="order", by=ada.me)


def test_what_is_being_added_keeps_its_key(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    def expire() -> None:
        vault.expire_due(today=years_on(7, 1))
        connections.close_all()

    worker = threading.Thread(target=expire)
    with transaction.atomic():
        second = second_row(ada, monkeypatch)
        worker.start()
        worker.join(60 if connection.vendor == "postgresql" else 0.1)  # SQLite has one writer: it waits for us
    worker.join()
    vault.expire_due(today=years_on(7, 1))
    assert set(Customer.objects.get(id=ada.row.id).held()) == {"email", "name"}
    assert vault.open(second, ["country"], by=ada.me, purpose="access") == {"country": "FR"}


def test_the_key_goes_with_the_last_envelope_of_its_class(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    second = second_row(ada, monkeypatch)
    assert vault.expire_due(today=years_on(7, 1)) == 1
    assert classes(ada.row.subject) == {"account", "books"}
    assert vault.open(second, ["country"], by=ada.me, purpose="access") == {"country": "FR"}
    assert vault.expire_due(today=years_on(9)) == 1
    assert classes(ada.row.subject) == {"account"}


def test_it_is_on_record_once(ada: Known) -> None:
    for _ in range(2):
        vault.expire_due(today=years_on(7, 1))
    entries = ledger.Entry.objects.of(ada.row.subject).filter(act="vault:retention:end")
    assert [entry.facts for entry in entries] == [{"row": ada.row.reference, "class": "books"}]


def test_what_nobody_can_read_or_let_go_keeps_nobody_else_waiting(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    bob, eve = known("bob@example.org"), known("eve@example.org")
    Customer.objects.filter(pk=ada.row.pk).update(sealed=b"\x01damaged")
    unreadable = set[str]()
    assert len(list(expiring.over(today=years_on(7, 1), unreadable=unreadable))) == 2
    assert unreadable == {ada.row.reference}

    def stops(subject: UUID, classes: Iterable[str]) -> bool:
        if subject == bob.row.subject:
            raise ConnectionError
        return destroy_spent(subject, classes)

    with monkeypatch.context() as patch:
        patch.setattr(expiring, "destroy_spent", stops)
        with pytest.raises(ConnectionError):
            vault.expire_due(today=years_on(7, 1))
    assert (classes(bob.row.subject), classes(eve.row.subject)) == ({"account", "books"}, {"account"})
    assert vault.expire_due(today=years_on(7, 1)) == 1


def test_a_crash_after_the_key_is_made_good_by_the_next_run(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(subject: UUID, classes: Iterable[str]) -> NoReturn:
        destroy_spent(subject, classes)
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(expiring, "destroy_spent", stops)
        with pytest.raises(ConnectionError):
            vault.expire_due(today=years_on(7, 1))
    assert classes(ada.row.subject) == {"account"}
    assert vault.expire_due(today=years_on(7, 1)) == 1
    assert set(Customer.objects.get(id=ada.row.id).held()) == {"email", "name"}
