"""Letters that programs wrote are known, and those of people are not taken for them."""

import pytest

from upheld.mailbox import Letter, read
from upheld.mailbox.answering import outcome


def why(*headers: str, sender: str = "ann@example.org") -> str:
    raw = "\r\n".join([f"From: {sender}", *headers, "", "Please delete my account"]).encode()
    found = read(raw, own=["customers.example"])
    assert isinstance(found, Letter)
    return found.automatic


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Auto-Submitted: auto-replied", "auto_submitted"),
        ("Auto-Submitted: auto-generated; owner-email=x@example.org", "auto_submitted"),
        ("Precedence: bulk", "precedence"),
        ("Precedence: auto_reply", "precedence"),
        ("List-Id: <news.example.org>", "list"),
        ("List-Unsubscribe: <mailto:x@example.org>", "list"),
        ("X-Autoreply: yes", "auto_reply"),
        ("X-Auto-Response-Suppress: All", "no_replies_wanted"),
        ("Return-Path: <>", "null_return_path"),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", "report"),
        ("Content-Type: multipart/report; report-type=feedback-report; boundary=b", "report"),
        ("Message-ID: <abc@customers.example>", "ours"),
        ("Subject: Out of office: back on Monday", "away"),
        ("Subject: Automatische Antwort: Ihre Nachricht", "away"),
        ("Subject: Réponse automatique : absence", "away"),
    ],
)
def test_a_program_is_known(header: str, code: str) -> None:
    assert why(header) == code


def test_a_mail_server_is_a_program() -> None:
    assert why(sender="MAILER-DAEMON@example.org") == "program"


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: no", "Subject: I am out of office supplies", "Return-Path: <ann@example.org>",
     "Feedback-ID: 17485103:user:proton", "Feedback-ID: i56a14606:Fastmail", "Feedback-ID: esmtpsz:qq.com:x",
     "Message-ID: <abc@customers.example.net>", "In-Reply-To: <abc@customers.example>"],
)  # fmt: skip
def test_a_person_is_no_program(header: str) -> None:
    assert why(header) == ""


def test_what_a_program_wrote_asks_for_nothing() -> None:
    found = outcome(b"From: ann@example.org\r\nPrecedence: bulk\r\n\r\nPlease delete my account")
    assert (found.outcome, found.kinds, found.reason) == ("ignored", (), "precedence")
