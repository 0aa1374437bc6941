"""How far requests are, for people without an account: behind a link that is made from that of our letter, shows codes
and times alone, and can do nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.core import signing
from django.utils import timezone

from upheld import vault
from upheld.rights.answers import NotFollowable
from upheld.rights.models import Request
from upheld.rights.requests import tokens
from upheld.rights.requests.watching import KNOWN

SALT = "upheld.rights.following"  # of links in letters that have left: it stays, wherever this module goes
LASTS = tokens.LASTS + KNOWN  # as long as the letter's own secret is known for one of ours


@dataclass(frozen=True, slots=True)
class Followed:
    """What one letter asked about: requests of those who hold its address and are not erased; none when all are."""

    subjects: tuple[UUID, ...]
    requests: tuple[Request, ...]
    until: datetime  # when the page ends, and what it leads to

    @property
    def is_erased(self) -> bool:
        return all(vault.is_erased(subject) for subject in self.subjects)


def followable(secret: str) -> str | None:
    """What stands in the link to their progress, for whoever has the letter's own link, used or not."""
    token = tokens.ours(tokens.CONFIRM, secret)
    if token is None:
        return None
    subjects = sorted(subject.hex for subject in tokens.subjects(token))
    until = int((token.expires_at + KNOWN).timestamp())
    return signing.dumps([bytes(token.digest).hex(), until, *subjects], salt=SALT)


def follow(text: str) -> Followed | NotFollowable:
    """Where they are. Changes and opens nothing."""
    try:
        code, until, *named = signing.loads(text, salt=SALT, max_age=LASTS)
        digest, end = bytes.fromhex(code), datetime.fromtimestamp(until, UTC)
        subjects = tuple(map(UUID, named))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return NotFollowable()
    rows = tokens.of_digest(tokens.CONFIRM, digest)
    asked = tokens.requests(rows[0]) if rows else []
    found = Followed(subjects, tuple(each for each in asked if not vault.is_erased(each.subject)), end)
    is_there = bool(subjects) and end > timezone.now() and (found.requests or found.is_erased)
    return found if is_there else NotFollowable()
