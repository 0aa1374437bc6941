"""What the outbox never hands to a mail server."""

import pytest
from django.core.mail import EmailMessage

from upheld.contact.outbox import Outbox


def test_no_server_is_asked_to_reach_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[EmailMessage] = []

    class Server:
        def send_messages(self, messages: list[EmailMessage]) -> int:
            handed.extend(messages)
            return len(messages)

    box = Outbox()
    monkeypatch.setattr(box, "server", Server())
    nowhere = EmailMessage("s", "b", "a@example.org", ["x@rehearsal.invalid"])
    somewhere = EmailMessage("s", "b", "a@example.org", ["x@example.org"])
    assert box.send_messages([nowhere, somewhere]) == 1
    assert handed == [somewhere]
