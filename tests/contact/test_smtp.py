"""Letters by SMTP, to a server of the test's own on the loopback host."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.utils import timezone

from tests.contact.server import Server
from upheld import vault
from upheld.contact import delivering, pacing, verbs
from upheld.contact.letters import Farewell
from upheld.contact.models import Address, Letter
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db(transaction=True)  # the thread that hands letters over has its own connection


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    settings.EMAIL_BACKEND = "upheld.contact.outbox.Outbox"
    with Server() as server:
        url = f"smtp://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setitem(django_settings.HOME.settings, "mail.url", url)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
    pacing.paces.forget()
    delivering._queue().submit(connections.close_all).result()  # the thread's own: PostgreSQL drops no database in use


def send() -> Letter:
    subject = vault.new_subject()
    me = Actor.person(subject)
    address: Address = verbs.add_address(subject, email="ada@example.org", source="account", by=me)
    letter = verbs.send(Farewell(), to=address, by=me)
    delivering.settled()
    return Letter.objects.get(pk=letter.pk)


def test_a_letter_reaches_the_server_and_leaves_no_file(server: Server) -> None:
    letter = send()
    [received] = server.received
    assert f"Message-ID: <{letter.id}@localhost>".encode() in received
    assert "RCPT TO:<ADA@EXAMPLE.ORG>" in [line.upper() for line in server.heard]
    assert not list(django_settings.HOME.letters.iterdir())


def test_a_server_that_refuses_for_good_is_not_asked_again(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.refusal = "550 ada@example.org is unknown here"
    letter = send()
    assert (letter.ending, letter.code, letter.words, letter.due_at) == ("failed", 550, b"", None)
    assert "farewell" in caplog.text
    assert "ada@" not in caplog.text


def test_a_server_that_refuses_for_now_is_asked_again_later(server: Server) -> None:
    server.refusal = "450 come back"
    letter = send()
    assert (letter.ending, letter.code, letter.tries) == ("", 450, 1)
    assert verbs.deliver_due() == 0  # not before its time
    server.refusal = ""
    pacing.paces.forget()
    Letter.objects.update(due_at=timezone.now())
    assert verbs.deliver_due() == 1
    assert Letter.objects.get().ending == "sent"
    assert f"Message-ID: <{letter.id}@localhost>".encode() in server.received[0]


def test_a_server_that_is_away_is_asked_again_until_it_makes_no_sense(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.shutdown()
    server.server_close()
    letter = send()
    assert (letter.ending, letter.code) == ("", None)
    assert "tried again" in caplog.text
    for _ in delivering.PAUSES:
        Letter.objects.update(due_at=timezone.now())
        verbs.deliver_due()
    assert Letter.objects.get().ending == "failed"
