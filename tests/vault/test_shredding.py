"""Erasure destroys the keys first; what is left is unreadable, here and in every older copy."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from tests.embedding.shop.models import Customer
from tests.vault.conftest import Known, known
from upheld import ledger, vault
from upheld.home import Home
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.vault import envelope, shredding
from upheld.vault.errors import Erased, KeyMissing
from upheld.vault.keys import ring, rotation
from upheld.vault.keys.models import DataKey, Erasure, ServiceKey
from upheld.vault.keys.root import read
from upheld.vault.models import Lookup
from upheld.vault.rows import SubjectChanged

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_of_the_person_is_left_but_what_the_policy_keeps(ada: Known) -> None:
    vault.shred(ada.row.subject, by=ada.me)
    (row,) = Customer.objects.for_subject(ada.row.subject)
    assert list(row.held()) == ["country"]
    assert not Lookup.objects.filter(subject=ada.row.subject).exists()
    assert list(DataKey.objects.filter(subject=ada.row.subject).values_list("retention", flat=True)) == ["books"]
    assert Erasure.objects.get(subject=ada.row.subject).finished_at is not None


def test_a_copy_made_before_is_unreadable_with_the_keys_of_today(ada: Known) -> None:
    copy = Customer(id=ada.row.id, subject=ada.row.subject, sealed=ada.row.sealed)
    vault.shred(ada.row.subject, by=ada.me)
    with pytest.raises(KeyMissing):
        vault.open(copy, ["email"], by=ada.me, purpose="access")


def test_the_wrapped_key_is_in_no_file_any_more(ada: Known, home: Home, tmp_path: Path) -> None:
    if connections["keys"].vendor != "sqlite":
        pytest.skip("PostgreSQL keeps dead rows until it vacuums; docs/trust.md says so")
    wrapped = bytes(DataKey.objects.get(subject=ada.row.subject, retention="account").wrapped)
    ciphertext = ada.row.envelopes()[0].sealed
    assert holding(home, wrapped)
    assert holding(home, ciphertext)
    vault.shred(ada.row.subject, by=ada.me)
    assert not holding(home, wrapped)
    assert not holding(home, ciphertext)


def holding(home: Home, needle: bytes) -> list[Path]:
    return [path for path in home.folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


def test_yesterdays_data_with_todays_key_store_cannot_be_read(ada: Known, home: Home, tmp_path: Path) -> None:
    """The files themselves: a copy of the data from before, opened without our code but with every key of today."""
    if connections["default"].vendor != "sqlite":
        pytest.skip("files of SQLite")
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(connections["default"].settings_dict["NAME"], tmp_path / "yesterday.sqlite3")
    vault.shred(ada.row.subject, by=ada.me)
    with sqlite3.connect(tmp_path / "yesterday.sqlite3") as old:
        ((sealed,),) = old.execute("SELECT sealed FROM shop_customer").fetchall()
    keys = ring.of([ada.row.subject])
    place = ada.row.place
    readable = []
    for part in envelope.unpack(sealed, place=place):
        for key in keys.values():
            try:
                readable.append(envelope.unseal(part, place=place, key=key))
            except envelope.Damaged:
                continue
    assert readable == [{"country": "GB"}]  # what the policy keeps for the books, and says so


def test_a_damaged_row_does_not_keep_itself_from_erasure(ada: Known) -> None:
    Customer.objects.filter(pk=ada.row.pk).update(sealed=b"\xff damaged")
    vault.shred(ada.row.subject, by=ada.me)
    assert not Customer.objects.for_subject(ada.row.subject).exists()


def test_others_are_untouched(ada: Known) -> None:
    eve = known(email="eve@example.org")
    vault.shred(ada.row.subject, by=ada.me)
    assert eve.values["email"] == "eve@example.org"


def test_nobody_erases_someone_else(ada: Known) -> None:
    with pytest.raises(Refused):
        vault.shred(ada.row.subject, by=Actor.person(vault.new_subject()))
    assert ada.values["email"]


def test_an_erased_person_is_never_collected_about_again(ada: Known) -> None:
    vault.shred(ada.row.subject, by=ada.me)
    with pytest.raises(Erased):
        vault.collect(Customer(subject=ada.row.subject), {"email": "a@example.org"}, source="sign_up", by=ada.me)
    assert not DataKey.objects.filter(subject=ada.row.subject, retention="account").exists()
    assert DataKey.objects.filter(subject=ada.row.subject, retention="books").exists()


def test_an_interrupted_erasure_is_finished_once(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shredding, "remove_rows", _fails)
    with pytest.raises(ConnectionError):
        vault.shred(ada.row.subject, by=ada.me)
    with pytest.raises(KeyMissing):
        ada.values  # noqa: B018 - the keys went first
    monkeypatch.undo()
    assert vault.resume() == 1
    assert vault.resume() == 0
    assert ledger.Entry.objects.of(ada.row.subject).filter(act="vault:subject:shred").count() == 1


def test_one_that_cannot_be_finished_keeps_no_other_waiting(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = known("bob@example.org")
    with monkeypatch.context() as patch:
        patch.setattr(shredding, "remove_rows", _fails)
        for each in (ada, bob):
            with pytest.raises(ConnectionError):
                vault.shred(each.row.subject, by=each.me)
    first = Erasure.objects.filter(finished_at=None)[0].subject
    real = shredding.remove_rows
    monkeypatch.setattr(shredding, "remove_rows", lambda each: _fails(each) if each == first else real(each))
    with pytest.raises(ConnectionError):
        vault.resume()
    assert [each.subject for each in Erasure.objects.filter(finished_at=None)] == [first]


def _fails(subject: object) -> int:
    raise ConnectionError


def test_the_erasure_is_on_record_and_the_log_still_verifies(ada: Known) -> None:
    vault.shred(ada.row.subject, by=ada.me)
    ledger.sequence()
    entry = ledger.Entry.objects.of(ada.row.subject).get(act="vault:subject:shred")
    assert entry.facts["because"] == "request"
    assert ledger.verify().ok


def test_the_subject_of_a_row_never_changes(ada: Known) -> None:
    row = Customer.objects.get(pk=ada.row.pk)
    row.subject = vault.new_subject()
    with pytest.raises(SubjectChanged):
        row.save()


def test_a_new_root_key_moves_every_key_and_no_data(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "GRACE", 0.0)
    ring.check()  # as at every start: the program's own keys are there too
    before = bytes(Customer.objects.get(pk=ada.row.pk).sealed)
    old = read(settings.UPHELD_ROOT_KEY)
    told: list[tuple[int, int]] = []
    moved = rotation.rotate(by=Actor.operator(), progress=lambda done, total: told.append((done, total)))
    assert moved == DataKey.objects.count() == told[-1][0]
    new = read(settings.UPHELD_ROOT_KEY)
    assert new.keys().isdisjoint(old.keys())
    assert set(ServiceKey.objects.values_list("root_version", flat=True)) == set(new)
    assert bytes(Customer.objects.get(pk=ada.row.pk).sealed) == before
    assert ada.values["email"] == "ada@example.org"


def test_an_interrupted_rotation_is_finished(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "GRACE", 0.0)
    monkeypatch.setattr(rotation, "_rewrap", _stops)
    with pytest.raises(ConnectionError):
        rotation.rotate(by=Actor.operator())
    assert len(read(settings.UPHELD_ROOT_KEY)) == 2
    assert ada.values["email"] == "ada@example.org"
    monkeypatch.undo()
    monkeypatch.setattr(rotation, "GRACE", 0.0)
    rotation.rotate(by=Actor.operator())
    assert len(read(settings.UPHELD_ROOT_KEY)) == 1
    assert ada.values["email"] == "ada@example.org"


def _stops(key: object, progress: object) -> int:
    raise ConnectionError


def test_two_erasures_of_one_person_are_one_on_record(ada: Known) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: _shred_in_a_thread(ada), range(2)))
    assert ledger.Entry.objects.of(ada.row.subject).filter(act="vault:subject:shred").count() == 1


def _shred_in_a_thread(ada: Known) -> None:
    try:
        vault.shred(ada.row.subject, by=ada.me)
    finally:
        connections.close_all()
