import email
import email.policy
import logging
import os
import re
import stat
import time
from email.message import EmailMessage as Parsed
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import TestCase

from upheld import ledger, vault
from upheld.accounts import letters as accounts_letters
from upheld.contact import burning, letters, outbox, verbs
from upheld.contact.errors import MailNotUnderstood
from upheld.contact.letters import Farewell, News, Wording
from upheld.contact.models import Address, Letter
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.vault.errors import AlreadyHeld

pytestmark = pytest.mark.django_db
EMAIL = "ada@example.org"
KINDS = [kind for kind in letters.kinds() if kind.__module__.startswith("upheld.")]


@pytest.fixture
def address(settings: Any) -> Address:
    settings.EMAIL_BACKEND = "upheld.contact.outbox.Outbox"  # the tests' runner puts one that keeps letters in memory
    subject = vault.new_subject()
    return verbs.add_address(subject, email=EMAIL, source="account", by=Actor.person(subject))


def by(address: Address) -> Actor:
    return Actor.person(address.subject)


def send(address: Address, wording: Wording | None = None) -> Letter:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return verbs.send(wording or Farewell(), to=address, by=by(address))


def files() -> list[Path]:
    return sorted(django_settings.HOME.letters.iterdir())


def parsed(file: Path) -> Parsed:
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)  # type: ignore[return-value]  # the policy's class


def test_a_letter_is_one_file_that_only_its_owner_reads(address: Address) -> None:
    letter = send(address)
    [file] = files()
    assert file.name == f"{letter.id}.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    message = parsed(file)
    assert message["To"] == EMAIL
    assert message["From"] == "hello@webmr.io"
    assert message["Message-ID"] == f"<{letter.id}@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert b"\n" not in file.read_bytes().replace(b"\r\n", b"")


def test_text_and_html_say_the_same(address: Address) -> None:
    send(address)
    message = parsed(files()[0])
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    plain = re.sub(r"<[^>]+>", "", html.partition("<body>")[2])
    assert text.split() == plain.replace("&#x27;", "'").split()


SERVICE = ("billing", "fulfilment", "order_trouble", "reply", "security", "sign_in", "sign_up")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_a_letter_tells_no_more_than_it_must(kind: type[Wording]) -> None:
    letter = kind.sample()
    assert issubclass(kind, News) == (kind.purpose not in SERVICE)
    assert "@" not in letter.text() + letter.html()
    for address in re.findall(r"https?://[^\s<\"]+", letter.text() + letter.html()):
        assert address.startswith(django_settings.HOME.site)
    assert not re.search(r"<(img|link|script|style)|url\(|src=", letter.html())
    assert all(len(line) <= 78 or "http" in line for line in letter.text().splitlines())


def test_kinds_of_letters_have_names_of_their_own() -> None:
    names = [kind.kind for kind in KINDS]
    assert len(names) == len(set(names)) > 10
    assert accounts_letters.SignUpCode.kind in names


def test_what_is_typed_into_a_letter_is_no_markup() -> None:
    assert "<b>" not in accounts_letters.SignUpCode("<b>").html()


def test_sending_is_on_record_and_the_address_opened_for_the_letters_purpose(address: Address) -> None:
    letter = send(address)
    written, opened, left = list(ledger.Entry.objects.of(address.subject))[-3:]
    assert (written.act, written.facts["kind"]) == (Act.LETTER_SEND, "farewell")
    assert (opened.act, opened.facts["purpose"], opened.by["name"]) == (Act.FIELD_OPEN, "security", "letters")
    assert (left.act, left.facts["letter"], left.facts["try"]) == (Act.LETTER_DELIVER, letter.reference, 1)


def test_a_transaction_that_is_undone_writes_to_nobody(address: Address) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
        verbs.send(Farewell(), to=address, by=by(address))
        transaction.set_rollback(True)
    assert not files()
    assert not Letter.objects.exists()


def test_nobody_has_a_letter_sent_to_someone_else(address: Address) -> None:
    with pytest.raises(Refused):
        verbs.send(Farewell(), to=address, by=Actor.person(vault.new_subject()))


def test_a_failure_breaks_nothing_and_is_logged_without_the_address(
    address: Address, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OSError(f"cannot write to {EMAIL}")

    monkeypatch.setattr(outbox, "put", fail)
    with caplog.at_level(logging.DEBUG):
        send(address)
    assert "farewell" in caplog.text
    assert EMAIL not in caplog.text
    assert Letter.objects.exists()


def test_burning_removes_this_persons_copies_only(address: Address) -> None:
    other = vault.new_subject()
    hers = verbs.add_address(other, email="eve@example.net", source="account", by=Actor.person(other))
    send(address)
    send(address)
    kept = send(hers)
    assert verbs.burn_letters(address.subject) == 2
    assert verbs.burn_letters(address.subject) == 0
    assert [file.stem for file in files()] == [str(kept.id)]


def test_copies_whose_row_is_gone_are_swept_and_no_others(address: Address) -> None:
    orphan, kept = send(address), send(address)
    Letter.objects.filter(pk=orphan.pk).delete()
    folder = django_settings.HOME.letters
    (folder / ".new-abc").write_text("half of a letter")
    (folder / "notes.txt").write_text("somebody's own")
    assert verbs.burn_orphans() == 0  # too young: its row may not be visible yet
    old = time.time() - burning.FRESH - 1
    for file in files():
        os.utime(file, (old, old))
    assert verbs.burn_orphans() == 2
    assert sorted(file.name for file in files()) == sorted([f"{kept.id}.eml", "notes.txt"])


def test_copies_to_strangers_are_swept_after_a_day(address: Address) -> None:
    known = send(address)
    with TestCase.captureOnCommitCallbacks(execute=True):
        verbs.answer(Farewell(), email="eve@example.net", by=Actor.system("mailbox"))
    for age, left in ((burning.READ - 60, 2), (burning.READ + 60, 1)):
        for file in files():
            os.utime(file, (time.time() - age,) * 2)
        verbs.burn_orphans()
        assert len(files()) == left
    assert files()[0].stem == str(known.id)


def test_the_sender_is_a_setting(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(django_settings.HOME.settings, "mail.sender", "Exokit <post@exokit.example>")
    send(address)
    assert parsed(files()[0])["From"] == "Exokit <post@exokit.example>"


@pytest.mark.parametrize(
    ("url", "host", "port", "ssl", "starttls"),
    [
        ("smtp://mail.example", "mail.example", 587, False, True),
        ("smtps://u:p%40ss@mail.example", "mail.example", 465, True, False),
        ("smtp://localhost:2525", "localhost", 2525, False, False),
    ],
)
def test_a_mail_server_is_named_by_its_url(url: str, host: str, port: int, ssl: bool, starttls: bool) -> None:
    server = outbox.smtp(url)
    assert (server.host, server.port, server.use_ssl, server.use_tls) == (host, port, ssl, starttls)
    assert server.password in ("", "p@ss")


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://h:port", "smtp://h/path"])
def test_what_names_no_mail_server_is_said(url: str) -> None:
    with pytest.raises(MailNotUnderstood, match=r"mail\.url"):
        outbox.smtp(url)


def test_a_corrected_address_is_where_letters_go(address: Address) -> None:
    verbs.change_address(address, email="ada@mail.example.net", source="account", by=by(address))
    send(Address.objects.get())
    assert parsed(files()[0])["To"] == "ada@mail.example.net"
    assert vault.find(Address, "email", EMAIL) is None


def test_one_address_is_one_persons(address: Address) -> None:
    other = vault.new_subject()
    with pytest.raises(AlreadyHeld):
        verbs.add_address(other, email="ADA@example.org", source="account", by=Actor.person(other))


def test_a_link_is_on_our_site() -> None:
    assert letters.on_site("/sign-in/") == django_settings.HOME.site + "/sign-in/"
