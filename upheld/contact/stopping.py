"""The link in a news letter that refuses its topic: who and what, signed, without address and without end.

It counts for as long as `web.key` signs for this site: a link in a letter of years ago still stops what it names, and
all that it can do is stop something.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

SALT = "upheld.contact.stopping"
PATH = "/stop/"


@dataclass(frozen=True, slots=True)
class Stop:
    subject: UUID
    topic: str


def token(subject: UUID, topic: str) -> str:
    return Signer(salt=SALT).sign_object([subject.hex, topic])


def read(token: str) -> Stop | None:
    """Whom and what it is about; None for a token that we did not make."""
    try:
        subject, topic = Signer(salt=SALT).unsign_object(token)
    except (BadSignature, ValueError):
        return None
    return Stop(UUID(subject), topic)


def path(subject: UUID, topic: str) -> str:
    """The page on our site, which also takes the one click of RFC 8058."""
    return f"{PATH}{token(subject, topic)}/"


def headers(subject: UUID, topic: str) -> dict[str, str]:
    """RFC 8058, section 3.1: with these a mail program can stop the letters by one click of its own."""
    return {
        "List-Unsubscribe": f"<{settings.HOME.site}{path(subject, topic)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
