"""What the tests of requests have in common: somebody to ask, and what our letters to them say."""

import re
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from typing import Any

from django.conf import settings

from upheld.contact import verbs as contact
from upheld.home import Home
from upheld.policy.actors import Actor, Case
from upheld.rights import verbs
from upheld.rights.models import Request, Right
from upheld.rights.requests import ending

MAILBOX = Actor.system("mailbox")
ADDRESS = "ann.canary@example.org"
CODE = re.compile(r"\[([0-9A-Z]{10})\]")
CONFIRM = re.compile(r"/rights/confirm/([0-9A-Z]{26})/")
COPY = re.compile(r"/rights/copy/([0-9A-Z]{26})/")
DIGITS = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)


def ask(rights: Iterable[Right], email: str = ADDRESS, **more: Any) -> list[Request]:
    """As a letter from this address does."""
    found = verbs.ask(verbs.writers(email), list(rights), way="letter", by=MAILBOX, **more)
    assert isinstance(found, list), found
    return found


def words(letter: EmailMessage) -> str:
    """Subject line and text, as one."""
    body = letter.get_body(("plain",))
    assert body is not None
    return f"{letter['Subject']}\n{body.get_content()}"


def last(letters: Callable[[], list[EmailMessage]]) -> str:
    return words(letters()[-1])


def secret(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found, text
    return found[1]


def officer(request: Request) -> Actor:
    """The privacy officer, on the case of this request."""
    kind, id = ending.case_of(request)
    return Actor.staff(request.pk, job="privacy", case=Case(kind, id, request.subject))


def fresh(request: Request) -> Request:
    found: Request = Request.objects.get(subject=request.subject, pk=request.pk)
    return found


def deliver() -> None:
    """Send what is due to the folder of the instance, as its worker does: for processes that have no pytest."""
    settings.EMAIL_BACKEND = "upheld.contact.outbox.Outbox"
    contact.deliver_due()


def folder() -> list[str]:
    """The letters in the instance's folder, oldest first, for the same."""
    import email
    import email.policy

    files = sorted(Home.here().letters.glob("*.eml"))
    return [words(email.message_from_bytes(file.read_bytes(), policy=email.policy.default)) for file in files]
