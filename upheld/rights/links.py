"""Links to receipts: signed, and telling nothing but ids, of somebody who may be gone. Those in our letters do not end,
since a receipt is for as long as anybody asks; those on a page end with it."""

from datetime import datetime
from uuid import UUID

from django.core import signing
from django.utils import timezone

from upheld.contact.letters import Link, on_site

SALT = "upheld.rights.receipt"
PATH = "/rights/receipt/"


def to_receipt(subject: UUID, request: UUID | None = None, *, until: datetime | None = None) -> Link:
    """Of one request of theirs; without, of their erasure."""
    named = [subject.hex, request.hex if request else ""]
    if until is not None:
        named.append(str(int(until.timestamp())))
    return on_site(f"{PATH}{signing.dumps(':'.join(named).rstrip(':'), salt=SALT)}/")


def read(token: str) -> UUID | None:
    """Whose receipt it leads to; None for a token that we did not make, or that has ended."""
    found = named(token)
    return found[0] if found else None


def named(token: str) -> tuple[UUID, UUID | None] | None:
    """Whose, and of which request when it is of one; None for a token that we did not make, or that has ended."""
    try:
        subject, _, rest = signing.loads(token, salt=SALT).partition(":")
        request, _, until = rest.partition(":")
        if until and int(until) <= timezone.now().timestamp():
            return None
        return UUID(subject), UUID(request) if request else None
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
