"""The link by which an erasure is taken back: signed, and telling nothing but ids. It ends with what it takes back."""

from uuid import UUID

from django.core import signing

from upheld.contact.letters import Link, on_site
from upheld.rights.models import ErasureRequest

SALT = "upheld.rights.keep"
PATH = "/rights/keep/"


def to_keep(asked: ErasureRequest) -> Link:
    return on_site(f"{PATH}{signing.dumps([asked.subject.hex, asked.pk.hex], salt=SALT)}/")


def read(token: str) -> ErasureRequest | None:
    """The erasure that it takes back, while that waits."""
    try:
        subject, asked = map(UUID, signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    found: ErasureRequest | None = ErasureRequest.objects.filter(subject=subject, pk=asked, farewell_at=None).first()
    return found
