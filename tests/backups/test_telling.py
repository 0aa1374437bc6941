"""After a restore everybody is told once of what only they can say again, and the record is kept beside the backups."""

import time
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest
from django.db import transaction

from tests.backups.restored import copy_data, restore, size
from tests.rights.conftest import Planted, ann, bob
from upheld import ledger, vault
from upheld.accounts.changing import replace_password
from upheld.accounts.models import Account
from upheld.backups import copying, reading, sealing, telling
from upheld.backups.letters import SetBack
from upheld.contact import verbs as contact
from upheld.contact.models import Address, Letter
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Message
from upheld.home import Home
from upheld.ledger import keys
from upheld.policy.acts import Act

__all__ = ["ann", "bob"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _as_started() -> Iterator[None]:
    telling._done.clear()
    yield
    telling._done.clear()


def told() -> dict[str, int]:
    letters = Letter.objects.filter(kind=SetBack.kind)
    return {
        str(subject): letters.filter(subject=subject).count() for subject in letters.values_list("subject", flat=True)
    }


def test_each_is_told_once_of_what_is_theirs_to_say_again(ann: Planted, bob: Planted, tmp_path: Path) -> None:
    old = int(time.time()) - 86400
    account = Account.objects.get(subject=ann.subject)
    vault.collect(account, {"password": "canary-old"}, source="sign_up", by=ann.by, since=old)
    begun = conversations.begin(bob.subject, title="Title", text="canary text", reason="concern", by=bob.by)
    message = Message.objects.get(conversation=begun.pk)
    vault.collect(message, {"text": "canary old"}, source="letter", by=bob.by, since=old)
    data = copy_data()
    replace_password(account, encoded="canary-new", session=None, by=ann.by)
    vault.correct(message, {"text": "canary new"}, source="letter", by=bob.by)
    restore(tmp_path, data=data)
    assert telling.tell_due() == 2
    telling._done.clear()  # another process
    assert telling.tell_due() == 0
    assert told() == {str(ann.subject): 1, str(bob.subject): 1}


def test_nobody_is_told_at_an_address_that_they_left_or_when_they_said_it_again(
    ann: Planted, bob: Planted, tmp_path: Path
) -> None:
    old = int(time.time()) - 86400
    address = Address.objects.get(subject=ann.subject)
    vault.collect(address, {"email": "old." + ann.values["email"]}, source="sign_up", by=ann.by, since=old)
    account = Account.objects.get(subject=bob.subject)
    vault.collect(account, {"password": "canary-old"}, source="sign_up", by=bob.by, since=old)
    data = copy_data()
    contact.change_address(address, email=ann.values["email"], source="account", by=ann.by)
    replace_password(account, encoded="canary-new", session=None, by=bob.by)
    with transaction.atomic():
        ledger.append(Act.TOTP_ADD, by=ann.by, subject=ann.subject, facts={"row": f"totp:{vault.new_subject()}"})
    restore(tmp_path, data=data)
    replace_password(Account.objects.get(subject=bob.subject), encoded="canary-newest", session=None, by=bob.by)
    assert telling.tell_due() == 0
    assert told() == {}


def test_the_letter_says_what_to_do_and_nothing_that_was_written() -> None:
    text = SetBack(("What you wrote",), password=True, ways_in=True).text()
    assert all(page in text for page in ("/account/data/", "/reset/", "/account/security/", "What you wrote"))
    short = SetBack((), password=False, ways_in=True).text()
    assert "/reset/" not in short
    assert "/account/data/" not in short


def test_the_record_follows_the_log_where_a_backup_was_made(
    ann: Planted, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = pyrage.x25519.Identity.generate()
    monkeypatch.setitem(home.settings, "backup.folder", str(tmp_path))  # type: ignore[arg-type]  # it is a dict
    monkeypatch.setitem(home.settings, "backup.recipient", str(identity.to_public()))  # type: ignore[arg-type]  # likewise
    monkeypatch.setattr("django.conf.settings.HOME", home)
    size()
    assert not copying.copy_record(), "no backup was ever made there"
    assert not list(tmp_path.iterdir())
    (tmp_path / copying.ORIGIN).write_text("here\n")
    (tmp_path / "record").mkdir()
    (tmp_path / "record" / "recipient").write_text("age1another\n")
    assert not copying.copy_record(), "another identity opens what is there"
    (tmp_path / "record" / "recipient").write_text(f"{identity.to_public()}\n")
    assert copying.copy_record()
    vault.shred(ann.subject, by=ann.by)
    newest = size()
    assert copying.copy_record()
    log = reading.read(tmp_path / copying.RECORD, verifier=keys.verifier(), unseal=sealing.unseal([identity]))
    assert log is not None
    assert log.size == newest
    assert any(said.act == Act.SUBJECT_SHRED and said.subject == ann.subject for said in log.entries())
