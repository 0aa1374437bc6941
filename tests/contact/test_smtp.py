"""Letters by SMTP, to a server of the test's own on the loopback host."""

import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import TestCase

from upheld import vault
from upheld.contact import sending, verbs
from upheld.contact.letters import Farewell
from upheld.contact.models import Address, Letter
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db


class Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs."""

    server: "Server"

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            self.server.heard.append(line)
            if line.upper() == "DATA":
                self.say("354 go on")
                self.server.received.append(self.message())
                self.say("250 taken")
            elif line.upper() == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say(self.server.refusal if self.server.refusal and line.upper().startswith("RCPT") else "250 well")

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def message(self) -> bytes:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    refusal = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.heard: list[str] = []
        self.received: list[bytes] = []


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    settings.EMAIL_BACKEND = "upheld.contact.outbox.Outbox"
    with Server() as server:
        url = f"smtp://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setitem(django_settings.HOME.settings, "mail.url", url)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def send() -> Letter:
    subject = vault.new_subject()
    me = Actor.person(subject)
    address: Address = verbs.add_address(subject, email="ada@example.org", source="account", by=me)
    with TestCase.captureOnCommitCallbacks(execute=True):
        letter = verbs.send(Farewell(), to=address, by=me)
    sending._queue().submit(lambda: None).result(timeout=10)  # the queue is in order: ours has left before
    return letter


def test_a_letter_reaches_the_server_and_leaves_no_file(server: Server) -> None:
    letter = send()
    [received] = server.received
    assert f"Message-ID: <{letter.id}@localhost>".encode() in received
    assert "RCPT TO:<ADA@EXAMPLE.ORG>" in [line.upper() for line in server.heard]
    assert not list(django_settings.HOME.letters.iterdir())


def test_a_server_that_refuses_breaks_nothing(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.refusal = "550 ada@example.org is unknown here"
    send()
    assert "farewell" in caplog.text
    assert "ada@" not in caplog.text


def test_a_server_that_is_away_breaks_nothing(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.shutdown()
    server.server_close()
    send()
    assert "could not be sent" in caplog.text
