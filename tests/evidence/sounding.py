"""Concerns that tests raise, and what the privacy officer gets of them."""

import re
from collections.abc import Callable
from email.message import EmailMessage

from upheld import vault
from upheld.policy import Promise
from upheld.policy.actors import Actor
from upheld.rights import verbs as rights
from upheld.rights.models import Request

Sent = Callable[[], list[EmailMessage]]
OFFICER = "officer@exokit.example"
INVENTORY = Promise.INVENTORY


def raised(promise: str = INVENTORY, *, is_urgent: bool = True, text: str = "It is broken.") -> Request:
    subject = vault.new_subject()
    return rights.raise_concern(
        subject, text=text, promise=promise, is_urgent=is_urgent, way="site", by=Actor.person(subject)
    )


def to_officer(sent: Sent) -> list[tuple[str, str]]:
    """Subject and text of what they got."""
    found = [message for message in sent() if message["To"] == OFFICER]
    texts = [message.get_body(("plain",)).get_content() for message in found]  # type: ignore[union-attr]  # it has one
    return [(str(message["Subject"]), re.sub(r"\s+", " ", text)) for message, text in zip(found, texts, strict=True)]
