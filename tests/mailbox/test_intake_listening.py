"""Letters are handed over to us by LMTP and SMTP."""

import smtplib
import socket
import ssl
import threading
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.mailbox.arriving import QUIET, Room, letter
from tests.mailbox.listening import ADA, SECONDS, Listen, lmtp, smtp
from upheld.mailbox.answering import REFUSED, Outcome
from upheld.mailbox.authentic import Handed
from upheld.mailbox.intake import sessions, taking
from upheld.web import tls


def test_a_letter_is_taken_before_it_is_said_to_be(listen: Listen, room: Room, privacy: str) -> None:
    with smtp(listen()) as client:
        client.sendmail(ADA, [privacy], letter())
        assert room.taken == [b"Return-Path: <ada@example.org>\r\n" + letter()]
    assert room.ways == ["smtp"]
    assert room.handed == [Handed("127.0.0.1", ADA, "mail.example")]


def test_lmtp_says_who_stands_behind_our_own_server_to_nobody(listen: Listen, room: Room, privacy: str) -> None:
    with lmtp(listen("lmtp")) as client:
        client.sendmail("", [privacy], letter())
    assert room.taken == [b"Return-Path: <>\r\n" + letter()]
    assert (room.ways, room.handed) == (["lmtp"], [None])


def test_lmtp_answers_once_for_each_recipient(listen: Listen, room: Room, privacy: str) -> None:
    name, _, domain = privacy.partition("@")
    with lmtp(listen("lmtp")) as client:
        client.sendmail(ADA, [privacy, f"{name}+r7k3@{domain}"], letter(1))
        assert client.getreply()[0] == 250  # Python's own client reads the first alone
        client.sendmail(ADA, [privacy], letter(2))  # in step still
        assert client.noop()[0] == 250
    assert len(room.taken) == 2


@pytest.mark.parametrize("way", ["lmtp", "smtp"])
def test_each_of_the_two_greets_in_its_own_way(listen: Listen, way: str) -> None:
    with smtplib.SMTP("127.0.0.1", listen(way).port, timeout=SECONDS) as client:
        assert client.docmd("LHLO mail.example")[0] == (250 if way == "lmtp" else 500)
        assert client.docmd("EHLO mail.example")[0] == (500 if way == "lmtp" else 250)


@pytest.mark.parametrize("sign", ["", "+", "+R-7K3Q9XMT"])
def test_our_own_addresses_are_taken_in_any_case(listen: Listen, room: Room, privacy: str, sign: str) -> None:
    name, _, domain = privacy.partition("@")
    with smtp(listen()) as client:
        client.sendmail(ADA, [f"{name.upper()}{sign}@{domain.upper()}"], letter())
    assert len(room.taken) == 1


def test_the_address_that_our_letters_are_from_is_ours(
    listen: Listen, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bounces go to it."""
    monkeypatch.setitem(django_settings.HOME.settings, "mail.sender", "Shop <letters@shop.example>")
    with smtp(listen()) as client:
        client.sendmail("", ["letters@shop.example"], letter())
    assert len(room.taken) == 1


@pytest.mark.parametrize(
    "address",
    ["else@example.org", "{name}@evil.example", "{name}@{domain}@evil.example", "{name}%evil.example@{domain}",
     "\"{name}@{domain}\"@evil.example", "evil.example!{name}@{domain}", "@{domain}:ada@evil.example", "postmaster"],
)  # fmt: skip
def test_we_are_no_relay(listen: Listen, room: Room, privacy: str, address: str) -> None:
    name, _, domain = privacy.partition("@")
    with smtp(listen()) as client:
        client.ehlo()
        client.mail(ADA)
        assert client.rcpt(address.format(name=name, domain=domain))[0] in (550, 553)
        assert client.docmd("DATA")[0] == 503
    assert not room.taken


def test_nobody_signs_in(listen: Listen) -> None:
    with smtp(listen(certificate=certificate)) as client:
        client.starttls(context=trusting())
        client.ehlo()
        assert not client.has_extn("auth")
        assert client.docmd("AUTH PLAIN AGFkYQBzZWNyZXQ=")[0] == 502


def test_trouble_of_ours_is_no_loss_of_theirs(
    listen: Listen, room: Room, privacy: str, caplog: pytest.LogCaptureFixture
) -> None:
    room.fails = {b"Subject"}
    with smtp(listen()) as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail(ADA, [privacy], letter())
        assert refused.value.smtp_code == 451
        room.fails.clear()
        client.sendmail(ADA, [privacy], letter())
    assert len(room.taken) == 1
    assert "ValueError at " in caplog.text
    assert ADA not in caplog.text


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (QUIET, 250),
        (Outcome(REFUSED, (), "und", "several_from"), 550),
        (Outcome(REFUSED, (), "und", "forged"), 550),
        (Outcome(REFUSED, (), "en", "too_many_open"), 250),  # it would say what we hold about whom it names
    ],
)
def test_what_is_refused_is_said_to_whoever_sent_it(
    listen: Listen, room: Room, privacy: str, outcome: Outcome, code: int
) -> None:
    room.outcome = outcome
    with smtp(listen()) as client:
        client.ehlo()
        client.mail(ADA)
        client.rcpt(privacy)
        assert client.data(letter())[0] == code
    with lmtp(listen("lmtp")) as client:  # our own server would write to whom it names
        client.ehlo()
        client.mail(ADA)
        client.rcpt(privacy)
        assert client.data(letter())[0] == 250


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters may be of 100,000 bytes and 1,000 lines only."""
    monkeypatch.setattr(sessions, "LARGEST", 100_000 + sessions.ROOM)
    monkeypatch.setattr(sessions, "MOST_LINES", 1000)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("text", [b"x" * 100_000, b"\r\n" * 1001], ids=["size", "lines"])
def test_too_large_is_said_before_and_after(listen: Listen, room: Room, privacy: str, text: bytes) -> None:
    for way, connect in (("smtp", smtp), ("lmtp", lmtp)):
        with connect(listen(way)) as client:
            client.ehlo()
            assert client.mail(ADA, ["size=100001"])[0] == 552
            client.mail(ADA)
            client.rcpt(privacy)
            client.rcpt(privacy)
            assert client.data(letter() + text)[0] == 552
            if way == "lmtp":
                assert client.getreply()[0] == 552
            assert client.noop()[0] == 250
    assert not room.taken


@pytest.mark.usefixtures("small")
def test_whoever_never_comes_to_an_end_is_cut_off(listen: Listen, room: Room, privacy: str) -> None:
    with smtp(listen()) as client:
        client.ehlo()
        client.mail(ADA)
        client.rcpt(privacy)
        client.docmd("DATA")
        assert client.sock is not None
        with pytest.raises(ConnectionError):
            drip(client.sock)
        client.close()
    assert not room.taken


def drip(sock: socket.socket) -> None:
    while True:
        sock.sendall(b"\r\n" * 2000)


@pytest.mark.parametrize(
    "text", ["..\r\n.", ".", "a\r\n.b", "x" * 200_000 + "\r\n.", "x" * (64 * 2**10) + ".", "\r\n" * 9 + "."]
)
def test_dots_and_long_lines_arrive_as_they_were_written(listen: Listen, room: Room, privacy: str, text: str) -> None:
    with smtp(listen()) as client:
        client.sendmail(ADA, [privacy], letter(text=text))
    assert room.taken == [b"Return-Path: <ada@example.org>\r\n" + letter(text=text)]


def test_a_sender_that_would_write_a_header_is_refused(listen: Listen, room: Room, privacy: str) -> None:
    listener = listen()
    with socket.create_connection(("127.0.0.1", listener.port), SECONDS) as raw, raw.makefile("rwb") as line:
        answers = []
        for said in (b"", b"HELO a\r\n", b"MAIL FROM:<a\rFrom: b@evil.example\r@example.org>\r\n"):
            line.write(said)
            line.flush()
            answers.append(line.readline()[:3])
    assert answers[2].startswith(b"5")


def test_letters_are_read_several_at_once(listen: Listen, room: Room, privacy: str, monkeypatch: Any) -> None:
    together = threading.Barrier(3)

    def receive(raw: bytes, **how: object) -> Outcome:
        together.wait(SECONDS)
        return QUIET

    monkeypatch.setattr(taking, "receive", receive)
    listener = listen()
    codes: list[int] = []

    def send(number: int) -> None:
        with smtp(listener) as client:
            client.sendmail(ADA, [privacy], letter(number))
            codes.append(client.noop()[0])

    threads = [threading.Thread(target=send, args=(n,)) for n in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(SECONDS)
    assert codes == [250] * 3


def test_starttls_hides_the_letter_on_its_way(listen: Listen, room: Room, privacy: str) -> None:
    with smtp(listen(certificate=certificate)) as client:
        client.starttls(context=trusting())
        assert isinstance(client.sock, ssl.SSLSocket)
        client.sendmail(ADA, [privacy], letter())
    assert len(room.taken) == 1


def certificate() -> ssl.SSLContext:
    return tls.context(django_settings.HOME)


def trusting() -> ssl.SSLContext:
    tls.ensure(django_settings.HOME)
    return ssl.create_default_context(cafile=str(django_settings.HOME.tls / "root.pem"))
