"""Clients of a listener that a test has started."""

import smtplib
from collections.abc import Callable

from upheld.mailbox.intake.listening import Listener

SECONDS = 60.0  # for whatever should happen soon
ADA = "ada@example.org"

Listen = Callable[..., Listener]


def smtp(listener: Listener) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", listener.port, "mail.example", SECONDS)


def lmtp(listener: Listener) -> smtplib.LMTP:
    return smtplib.LMTP("127.0.0.1", listener.port, "mail.example", timeout=SECONDS)
