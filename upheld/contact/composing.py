"""The message that leaves: headers, and the words that were sealed."""

from collections.abc import Mapping
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from upheld.contact import signing, stopping
from upheld.contact.models import Letter
from upheld.policy import force


def message(letter: Letter, said: Mapping[str, str], *, address: str) -> EmailMultiAlternatives:
    """The whole letter, with the headers that are its own."""
    headers = _headers(letter, said)
    made = signing.Signed(
        said["subject"], said["text"], signing.sender(), [address], headers=headers, reply_to=_reply_to()
    )
    made.attach_alternative(said["html"], "text/html")
    return made


def _headers(letter: Letter, said: Mapping[str, str]) -> dict[str, str]:
    """Auto-Submitted (RFC 3834) keeps absence notices from answering it; an answer names what it answers (RFC 5322,
    section 3.6.4); news can be stopped by one click."""
    asked = said.get("answers")
    headers = {
        "Message-ID": f"<{letter.id}@{urlsplit(settings.HOME.site).hostname}>",
        "Auto-Submitted": "auto-replied" if asked else "auto-generated",
    }
    if asked:
        headers |= {"In-Reply-To": asked, "References": asked}
    if letter.purpose in force.in_force().topics:
        headers |= stopping.headers(letter.subject, letter.purpose)
    return headers


def _reply_to() -> list[str]:
    """Where what people write is read, when letters come from another address."""
    contact = force.in_force().controller.contact
    return [] if parseaddr(signing.sender())[1].lower() == contact.lower() else [contact]
