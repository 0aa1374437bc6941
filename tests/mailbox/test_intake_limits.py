"""How many may hand letters over at once, and what a listener needs."""

import smtplib
import time
from collections.abc import Callable

import pytest
from django.conf import settings as django_settings

from tests.mailbox.arriving import Room, letter
from tests.mailbox.listening import ADA, SECONDS, Listen, smtp
from upheld.mailbox.intake import doors, listening, peers, sessions
from upheld.mailbox.intake.listening import Door, DoorNotUnderstood, Listener


def test_a_stranger_gets_so_many_connections_and_our_own_server_more(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = listen()
    monkeypatch.setattr(sessions, "client", lambda ip: "192.0.2.7")
    entered = [smtp(listener) for _ in range(peers.MOST_OF_ONE)]
    with pytest.raises(smtplib.SMTPConnectError) as refused:
        smtp(listener)
    assert refused.value.smtp_code == 421
    monkeypatch.setattr(sessions, "client", lambda ip: "")
    with smtp(listener) as ours:
        assert ours.noop()[0] == 250
    monkeypatch.setattr(sessions, "client", lambda ip: "192.0.2.7")
    entered.pop().quit()
    assert eventually(lambda: _enters(listener))
    for each in entered:
        each.quit()


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _enters(listener: Listener) -> bool:
    try:
        smtp(listener).quit()
    except smtplib.SMTPConnectError:
        return False
    return True


def _is_cut_off(client: smtplib.SMTP) -> bool:
    try:
        client.noop()
    except smtplib.SMTPServerDisconnected:
        return True
    return False


def test_letters_of_one_stranger_are_counted_by_the_hour() -> None:
    now = [0.0]
    counted = peers.Peers(clock=lambda: now[0])
    assert all(counted.may_hand_over("192.0.2.7") for _ in range(peers.MOST_LETTERS))
    assert not counted.may_hand_over("192.0.2.7")
    assert counted.may_hand_over("192.0.2.8")
    assert all(counted.may_hand_over("") for _ in range(2 * peers.MOST_LETTERS))
    now[0] = peers.HOUR
    assert counted.may_hand_over("192.0.2.7")


def test_there_is_room_for_so_many_in_all() -> None:
    room = peers.Peers()
    assert all(room.enter(str(n)) for n in range(peers.MOST_CONNECTIONS))
    assert not room.enter("one more")
    assert room.enter(peers.OURS)
    room.leave("3")
    assert room.enter("one more")


def test_our_own_server_leaves_strangers_their_room() -> None:
    room = peers.Peers()
    assert all(room.enter(peers.OURS) for _ in range(2 * peers.MOST_CONNECTIONS))
    assert room.enter("192.0.2.7")


def test_a_stranger_is_cut_off_however_busy_and_our_own_server_is_not(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "LIFETIME", 0.5)
    listener = listen()
    ours = smtp(listener)
    monkeypatch.setattr(sessions, "client", lambda ip: "192.0.2.7")
    stranger = smtp(listener)
    assert eventually(lambda: _is_cut_off(stranger))
    assert ours.noop()[0] == 250
    ours.quit()


@pytest.mark.parametrize(
    ("ip", "who"),
    [
        ("127.0.0.1", ""), ("::1", ""), ("::ffff:127.0.0.1", ""), ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80::/64"),
    ],
)  # fmt: skip
def test_a_client_is_told_by_its_address(ip: str, who: str) -> None:
    assert peers.client(ip) == who


def test_a_port_that_is_taken_is_got_as_soon_as_it_is_free(
    listen: Listen, room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listening, "AGAIN", 0.05)
    first = listen()
    second = Listener(Door("smtp", "127.0.0.1", first.port))
    second.start()
    assert eventually(lambda: "It is tried again" in caplog.text)
    assert not second.listens.is_set()
    first.stop()
    assert second.listens.wait(SECONDS)
    second.stop()
    second.join(SECONDS)
    assert caplog.text.count("It is tried again") == 1


def test_one_that_never_got_its_port_stops_too(listen: Listen) -> None:
    second = Listener(Door("smtp", "127.0.0.1", listen().port))
    second.start()
    second.stop()
    second.join(SECONDS)
    assert not second.is_alive()


def test_nothing_of_a_visit_is_logged(
    listen: Listen, room: Room, privacy: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with smtp(listen()) as client:
        client.docmd("XADA", ADA)
        client.sendmail(ADA, [privacy], letter())
    assert ADA not in caplog.text


def test_the_setting_says_where() -> None:
    assert Door.of("lmtp://127.0.0.1:2424") == Door("lmtp", "127.0.0.1", 2424)
    assert Door.of("smtp://[::]") == Door("smtp", "::", 25)


@pytest.mark.parametrize("url", ["25", "smtp://", "http://127.0.0.1", "smtp://a:b@127.0.0.1", "smtp://127.0.0.1:x"])
def test_a_setting_that_says_nothing_is_refused_in_words(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(django_settings.HOME.settings, "mail.listen", url)
    with pytest.raises(DoorNotUnderstood, match="must look like lmtp://"):
        doors.check(django_settings.HOME)


def test_the_doctor_says_whether_somebody_listens(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(django_settings.HOME.settings, "mail.listen", f"smtp://127.0.0.1:{listen().port}")
    assert list(doors.told(django_settings.HOME)) == ["Letters are taken in at mail.listen."]
    monkeypatch.setitem(django_settings.HOME.settings, "mail.listen", "smtp://127.0.0.1:1")
    assert list(doors.told(django_settings.HOME)) == ["Nobody takes letters in at mail.listen: run upheld serve."]
