"""A person has everything deleted, and holds a receipt."""

from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.utils import timezone

from tests.rights.conftest import Planted
from upheld import ledger, vault
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.home import Home
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import verbs
from upheld.rights.erasure import erasing
from upheld.rights.errors import NotHeld, StillThere
from upheld.rights.models import ErasureRequest
from upheld.rights.papers import receipts


def test_the_plan_names_what_goes_and_changes_nothing(ann: Planted) -> None:
    planned = verbs.plan(ann.subject)
    assert {going.label: going.titles for going in planned.goes}["address"] == ("E-mail address",)
    assert planned.stays == ()
    assert not verbs.see(ann.subject, by=ann.by).nothing


def test_nothing_is_left_but_the_receipt(ann: Planted, bob: Planted, home: Home) -> None:
    receipt = verbs.erase(ann.subject, by=ann.by)
    assert receipt.clean
    assert receipt.kept == ()
    assert all(not model._base_manager.filter(subject=ann.subject).exists() for model in vault.people())
    assert vault.find(Address, "email", ann.values["email"]) is None
    assert not list(home.letters.glob("*.eml"))
    assert verbs.see(bob.subject, by=bob.by).items


def test_the_acts_are_on_record_once(ann: Planted) -> None:
    verbs.erase(ann.subject, by=ann.by)
    acts = list(ledger.Entry.objects.of(ann.subject).values_list("act", flat=True))
    assert acts[-1] == Act.SUBJECT_SHRED
    assert acts.count(Act.SUBJECT_SHRED) == acts.count(Act.SUBJECT_ERASE) == 1


def test_asked_again_it_gives_the_receipt_again(ann: Planted) -> None:
    first = verbs.erase(ann.subject, by=ann.by)
    again = verbs.erase(ann.subject, by=ann.by)
    assert (again.entry, again.index, again.done, again.removed) == (
        first.entry,
        first.index,
        first.done,
        first.removed,
    )


def test_the_background_carries_on_what_was_interrupted(ann: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(vault, "shred_if", killed)
        with pytest.raises(Killed):
            verbs.erase(ann.subject, by=ann.by)
    assert ErasureRequest.objects.filter(subject=ann.subject).exists()
    assert verbs.resume() == 1
    assert verbs.resume() == 0
    assert verbs.receipt(ann.subject).clean


def test_one_that_cannot_be_carried_on_keeps_no_other_waiting(
    ann: Planted, bob: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in (ann, bob):
        ErasureRequest.objects.create(subject=each.subject, asked_at=timezone.now())
    burn = contact.burn_letters

    def failing(subject: UUID) -> None:
        if subject == ann.subject:
            raise OSError("no room")
        burn(subject)

    monkeypatch.setattr(contact, "burn_letters", failing)
    with pytest.raises(OSError, match="no room"):
        verbs.resume()
    assert list(ErasureRequest.objects.values_list("subject", flat=True)) == [ann.subject]


def test_a_receipt_is_not_given_while_anything_is_left(ann: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    verbs.erase(ann.subject, by=ann.by)
    monkeypatch.setattr(erasing, "look_again", lambda subject: iter([("rows about the subject", 1)]))
    with pytest.raises(StillThere, match="1 rows about the subject"):
        verbs.receipt(ann.subject)


def test_there_is_no_receipt_without_an_erasure(ann: Planted) -> None:
    with pytest.raises(NotHeld):
        verbs.receipt(ann.subject)


def test_nobody_else_may_ask(ann: Planted, bob: Planted) -> None:
    for actor in (bob.by, Actor.operator(), Actor.visitor()):
        with pytest.raises(Refused):
            verbs.erase(ann.subject, by=actor)
    assert not verbs.see(ann.subject, by=ann.by).nothing


def test_the_receipt_holds_offline_and_names_nobody(ann: Planted) -> None:
    receipt = verbs.erase(ann.subject, by=ann.by)
    read = receipts.verify(receipt.text.encode(), ledger.verifier_key())
    assert read == receipt
    assert not any(value in receipt.text for value in ann.values.values())


def test_no_value_is_left_in_any_file(ann: Planted, home: Home) -> None:
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        pytest.skip("a server's files are not ours to read; docs/trust.md says what its log keeps, and for how long")
    verbs.erase(ann.subject, by=ann.by)
    for file in files(home.folder):
        content = file.read_bytes()
        assert not any(value.encode() in content for value in ann.values.values()), file


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def test_a_missing_key_for_mail_keeps_nobody_from_erasure(ann: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.HOME.settings, "mail.dkim_selector", "2026")
    assert verbs.erase(ann.subject, by=ann.by).clean
