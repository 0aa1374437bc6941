"""Plaintext comes out for a declared purpose, on record, or not at all."""

import os
from collections.abc import Callable
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections

from tests.embedding.shop.models import Customer
from tests.vault.conftest import SYSTEM, Known, known
from upheld import ledger, vault
from upheld.policy import Refused
from upheld.policy.actors import Actor, Case
from upheld.vault import envelope
from upheld.vault.errors import Damaged, KeyMissing, NoRootKey, RootKeyFormat, UnknownField, WithoutReason, WrongRootKey
from upheld.vault.keys import ring, root
from upheld.vault.keys.models import DataKey
from upheld.vault.models import Disclosure

pytestmark = pytest.mark.django_db(transaction=True)


def greet(known: Known) -> vault.Opened:
    return vault.open(known.row, ["email"], by=SYSTEM, purpose="greeting", because="order:1")


def openings(known: Known) -> list[ledger.Entry]:
    return list(ledger.Entry.objects.of(known.row.subject).filter(act="vault:field:open"))


def test_an_opening_says_who_what_and_why(ada: Known) -> None:
    assert greet(ada) == {"email": "ada@example.org"}
    (entry,) = openings(ada)
    assert entry.by == {"kind": "system", "name": "greeter"}
    assert entry.facts == {"row": ada.row.reference, "fields": ["email"], "purpose": "greeting", "because": "order:1"}


def test_many_rows_cost_one_key_query_and_one_ledger_insert(
    ada: Known, django_assert_num_queries: Callable[..., object]
) -> None:
    rows = [ada.row, *(known(email=f"p{n}@example.org").row for n in range(20))]
    with django_assert_num_queries(1, connection=connections["keys"]):
        vault.open(rows, ["email"], by=SYSTEM, purpose="greeting")
    with django_assert_num_queries(4, connection=connection):  # BEGIN, whether one refused it, INSERT, COMMIT
        vault.open(rows, ["email"], by=SYSTEM, purpose="greeting")


@pytest.mark.parametrize(
    ("fields", "purpose", "by"),
    [
        (["email"], "marketing", SYSTEM),
        (["email"], "", SYSTEM),
        (["email"], "fulfilment", SYSTEM),
        (["email"], "greeting", Actor.operator()),
        (["email"], "greeting", Actor.visitor()),
        (["email"], "access", Actor.person(UUID(int=1))),
        (["email"], "greeting", Actor.staff(UUID(int=1), job="support")),
        (["name"], "greeting", Actor.staff(UUID(int=1), job="support")),
    ],
)
def test_what_the_policy_does_not_allow_stays_shut_and_off_the_record(
    ada: Known, fields: list[str], purpose: str, by: Actor
) -> None:
    with pytest.raises(Refused):
        vault.open(ada.row, fields, by=by, purpose=purpose)
    assert not openings(ada)


def test_staff_open_for_the_open_case_of_that_person_only(ada: Known) -> None:
    mine = Case("conversation", UUID(int=5), subject=ada.row.subject)
    support = Actor.staff(UUID(int=3), job="support", case=mine)
    assert vault.open(ada.row, ["email"], by=support, purpose="greeting")["email"]
    other = known(email="eve@example.org")
    with pytest.raises(Refused):
        vault.open(other.row, ["email"], by=support, purpose="greeting")


def test_an_unknown_field_is_refused(ada: Known) -> None:
    with pytest.raises(UnknownField):
        vault.open(ada.row, ["phone"], by=SYSTEM, purpose="greeting")


def test_nothing_opens_when_the_ledger_cannot_append(ada: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    unsealed: list[object] = []
    monkeypatch.setattr(envelope, "unseal", lambda *a, **k: unsealed.append(a))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry RENAME TO ledger_entry_away")
    try:
        with pytest.raises(DatabaseError):
            greet(ada)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_entry_away RENAME TO ledger_entry")
    assert not unsealed


def test_an_envelope_moved_to_another_row_or_subject_does_not_open(ada: Known) -> None:
    eve = known(email="eve@example.org")
    Customer.objects.filter(pk=eve.row.pk).update(sealed=ada.row.sealed)
    eve.row.refresh_from_db()
    with pytest.raises(Damaged):
        greet(eve)
    twin = Customer(subject=ada.row.subject, sealed=ada.row.sealed)
    twin.save()
    with pytest.raises(Damaged):
        vault.open(twin, ["email"], by=SYSTEM, purpose="greeting")


def test_a_flipped_bit_does_not_open(ada: Known) -> None:
    ada.row.sealed = bytes(ada.row.sealed)[:-1] + bytes([bytes(ada.row.sealed)[-1] ^ 1])
    ada.row.save()
    with pytest.raises(Damaged):
        vault.open(ada.row, ["country"], by=SYSTEM, purpose="fulfilment")


def test_without_its_key_nothing_opens(ada: Known) -> None:
    DataKey.objects.filter(subject=ada.row.subject).delete()
    with pytest.raises(KeyMissing):
        greet(ada)


def test_a_key_moved_to_another_subject_does_not_unwrap(ada: Known) -> None:
    eve = known(email="eve@example.org")
    theirs = DataKey.objects.get(subject=ada.row.subject, retention="account")
    DataKey.objects.filter(subject=eve.row.subject, retention="account").update(wrapped=theirs.wrapped)
    with pytest.raises(WrongRootKey):
        greet(eve)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, NoRootKey),
        (b"", RootKeyFormat),
        (b"upheld-root-key/v1\n1 AAAA\n", RootKeyFormat),
        (b"upheld-root-key/v1\nnonsense\n", RootKeyFormat),
        (b"\xff\xfe", NoRootKey),
        (b"upheld-root-key/v1\n1 " + b"A" * 43 + b"=\n", WrongRootKey),
    ],
)
def test_a_wrong_root_key_is_noticed_at_once(ada: Known, content: bytes | None, error: type[Exception]) -> None:
    path = settings.UPHELD_ROOT_KEY
    kept = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    try:
        with pytest.raises(error):
            ring.check()
        with pytest.raises(error):
            greet(ada)
    finally:
        path.write_bytes(kept)
        os.chmod(path, 0o600)
        root.root()
    assert greet(ada)["email"]


def test_a_carrier_gets_the_declared_fields_once_on_record(ada: Known) -> None:
    order = f"order:{vault.new_subject()}"
    handed = vault.disclose(ada.row, ["name", "country"], to="carrier", by=SYSTEM, because=order)
    assert handed == {"name": "Ada", "country": "GB"}
    disclosed = Disclosure.objects.get(subject=ada.row.subject)
    assert (disclosed.recipient, disclosed.fields, disclosed.because) == ("carrier", ["name", "country"], order)
    with pytest.raises(DatabaseError):
        vault.disclose(ada.row, ["name", "country"], to="carrier", by=SYSTEM, because=order)
    assert Disclosure.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "to"), [(["email"], "carrier"), (["name", "email"], "carrier"), (["name"], "advertiser"), (["name"], "")]
)
def test_nothing_else_leaves(ada: Known, fields: list[str], to: str) -> None:
    with pytest.raises(Refused):
        vault.disclose(ada.row, fields, to=to, by=SYSTEM, because=f"order:{vault.new_subject()}")
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("because", ["", "because they asked", "order:", "order:12"])
def test_nothing_leaves_without_the_order_it_serves(ada: Known, because: str) -> None:
    with pytest.raises(WithoutReason):
        vault.disclose(ada.row, ["name"], to="carrier", by=SYSTEM, because=because)
