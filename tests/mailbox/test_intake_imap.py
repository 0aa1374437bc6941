"""A mailbox is emptied by IMAP, from a real Dovecot."""

import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from django.conf import settings as django_settings

from tests import instance
from tests.mailbox.arriving import Room, letter
from tests.mailbox.dovecot import USER, Dovecot
from upheld.home import Home
from upheld.mailbox.intake import doors, imap
from upheld.mailbox.intake.imap import Account, Box, ImapNotUnderstood
from upheld.mailbox.reading import LARGEST
from upheld.web import tls


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    folder = Path(mkdtemp(prefix="imap-", dir=os.environ[instance.RUN]))
    folder.chmod(0o711)
    home = Home(folder / "authority")
    home.make_folders()
    files = tls.ensure(home)
    server = Dovecot.start(folder / "dovecot", files.certificate, files.key)
    yield server
    server.stop()


@pytest.fixture
def trusted(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an owner trusts an authority of their own."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.folder.parent / "authority" / "tls" / "root.pem"))


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room.put(monkeypatch)


@pytest.fixture
def box(server: Dovecot, room: Room) -> Iterator[Box]:
    box = Box(Account.of(server.url()))
    yield box
    room.fails.clear()
    box.patience = imap.Patience()
    box.empty()
    box.close()


def test_letters_come_as_they_were_sent_and_none_stays(server: Dovecot, box: Box, room: Room) -> None:
    odd = b"From: ada@example.org\r\nSubject: =?x?\r\n\r\n\xff\xfe not text\r\n"
    server.put(letter(1), odd)
    assert box.empty() == 2
    assert room.taken == [letter(1), odd]
    assert set(room.ways) == {"imap"}
    assert server.waiting() == 0
    assert not server.files()  # no copy in clear, not even one that is marked as deleted


def test_a_connection_is_kept_and_sees_what_comes_later(server: Dovecot, box: Box, room: Room) -> None:
    assert box.empty() == 0
    connected = box._server
    server.put(letter())
    assert box.empty() == 1
    assert box._server is connected


def test_a_letter_that_fails_stays_and_holds_up_no_other(
    server: Dovecot, box: Box, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    room.fails = {b"poison"}
    server.put(letter(1, text="poison"), letter(2))
    assert box.empty() == 1
    assert box.empty() == 0
    assert room.taken == [letter(2)]
    assert server.waiting() == 1
    assert caplog.text.count("ValueError at ") == 1
    assert "ada@" not in caplog.text
    room.fails.clear()
    box.patience = imap.Patience()
    assert box.empty() == 1


def test_a_letter_that_was_only_marked_as_deleted_is_taken_again_and_goes(
    server: Dovecot, box: Box, room: Room
) -> None:
    """We were interrupted between the two."""
    server.put(letter())
    with server._signed_in() as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", r"(\Deleted)")
        client.unselect()
    assert box.empty() == 1
    assert not server.files()


def test_no_more_is_asked_for_of_a_letter_than_shows_that_it_is_too_large(
    server: Dovecot, box: Box, room: Room
) -> None:
    server.put(letter() + b"x" * LARGEST)
    assert box.empty() == 1
    assert len(room.taken[0]) == LARGEST + 1
    assert server.waiting() == 0


def test_a_server_that_hung_up_is_called_again_at_once(server: Dovecot, box: Box, room: Room) -> None:
    box.empty()
    assert box._server is not None
    box._server.client.shutdown()
    server.put(letter())
    assert box.empty() == 1


def test_a_server_that_is_away_is_told_once_and_asked_later(room: Room) -> None:
    box = Box(Account.of("imap://ada:secret@127.0.0.1:1/INBOX"))
    with pytest.raises(ConnectionRefusedError):
        box.empty()
    assert box.empty() == 0
    box.patience = imap.Patience()
    with pytest.raises(ConnectionRefusedError):
        box.empty()


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_tls_is_spoken_with_a_server_whose_certificate_holds(
    server: Dovecot, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "NEAR", ())  # as if it were far: then imap:// begins TLS first
    box = Box(Account.of(server.url(scheme)))
    assert box.waiting() == 0
    assert box._server is not None
    assert isinstance(box._server.client.sock, ssl.SSLSocket)
    box.close()


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    server: Dovecot, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "NEAR", ())
    with pytest.raises(ssl.SSLCertVerificationError):
        Box(Account.of(server.url(scheme))).waiting()


def test_the_mailbox_is_the_one_of_the_settings(server: Dovecot, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    assert imap.take_all() == 0
    monkeypatch.setitem(django_settings.HOME.settings, "mail.imap", server.url())
    server.put(letter())
    assert imap.take_all() == 1
    imap.box(server.url()).close()


def test_the_setting_is_read_with_its_escapes() -> None:
    assert Account.of("imaps://a%40b.example:p%2F%C3%B6@mail.example/Privacy%20letters") == Account(
        True, "mail.example", 993, "a@b.example", "p/ö", "Privacy letters"
    )
    assert Account.of("imap://a:b@mail.example:1143").port == 1143
    assert Account.of("imap://a:b@mail.example").folder == "INBOX"
    assert "secret" not in repr(Account.of("imap://ada:secret@mail.example"))


@pytest.mark.parametrize(
    "url", ["mail.example", "imap://mail.example", "pop3://a:b@mail.example", "imap://a@mail.example", "imap://a:b@h:x"]
)
def test_a_setting_that_says_nothing_is_refused_in_words(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImapNotUnderstood, match="must look like imaps://"):
        Account.of(url)
    monkeypatch.setitem(django_settings.HOME.settings, "mail.imap", url)
    with pytest.raises(ImapNotUnderstood):
        doors.check(django_settings.HOME)


def test_the_doctor_says_whether_it_answers(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    def said() -> str:
        [sentence] = doors.told(django_settings.HOME)
        return sentence

    assert said() == doors.NONE
    monkeypatch.setitem(django_settings.HOME.settings, "mail.imap", server.url())
    assert said() == "The mailbox of mail.imap answers: 0 letters in it."
    monkeypatch.setitem(django_settings.HOME.settings, "mail.imap", server.url(password="wrong"))
    assert said().startswith("The mailbox of mail.imap does not answer (")
    assert USER not in said()
