"""A no that outlives its person: after an erasure the address is gone, and that it refused a topic is not.

What is kept is a keyed digest: of the vault's own blind index of the address, so that nothing is opened for it, under a
key of its own. It says nothing to whoever has it, and is found again only by someone who types the same address. Then
it becomes that person's own word, and is gone from here.
"""

import hmac
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import vault
from upheld.contact.choosing import record
from upheld.contact.models import Address, Choice, Suppression
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.vault import locking
from upheld.vault.keys.ring import service_key
from upheld.vault.models import Lookup

BEFORE = "before"  # the source of a choice that was made before an erasure
KEY = "suppressions"
FIELD = f"{Address.label()}.email"


@transaction.atomic
def suppress(subject: UUID, *, elsewhere: Collection[bytes] = ()) -> int:
    """Keep what this person refuses, before their keys and rows go. Safe to repeat. Returns how many topics.

    `elsewhere` are the digests (`vault.digest`) of addresses of theirs that other rooms hold.
    """
    held = Lookup.objects.filter(subject=subject, field=FIELD).values_list("digest", flat=True)
    found = {bytes(digest) for digest in (*held, *elsewhere)}
    said = dict(Choice.objects.for_subject(subject).order_by("at", "id").values_list("topic", "allowed"))
    refused = [topic for topic, allowed in said.items() if not allowed]
    rows = [Suppression(digest=_keyed(digest), topic=topic, at=timezone.now()) for digest in found for topic in refused]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)
    return len(refused)


@transaction.atomic
def refuse(email: str) -> None:
    """Keep that an address of which nothing is held refuses every topic there is. Safe to repeat."""
    hold(email)
    digest, now = _of(email), timezone.now()
    rows = [Suppression(digest=digest, topic=topic, at=now) for topic in force.in_force().topics]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)


def hold(email: str) -> None:
    """In a transaction: whoever comes to hold this address until it ends waits for it, or is seen by it."""
    locking.alone_with(UUID(bytes=_of(email)[:16]))


def bring_back(subject: UUID, *, email: str, by: Actor) -> list[Choice]:
    """Whoever gives an address that refused something before has refused it still. In a transaction."""
    hold(email)
    rows = Suppression.objects.filter(digest=_of(email))
    topics = list(rows.order_by("topic").values_list("topic", flat=True))
    rows.delete()
    return [
        record(subject, each, allowed=False, by=by, source=BEFORE)
        for each in topics
        if Choice.objects.may_write(subject, each)
    ]


def is_kept(email: str, topic: str) -> bool:
    """Whether this address refused the topic before it was erased."""
    return Suppression.objects.filter(digest=_of(email), topic=topic).exists()


def forget(emails: Iterable[str]) -> None:
    """Of people who never were."""
    Suppression.objects.filter(digest__in=[_of(email) for email in emails]).delete()


def _of(email: str) -> bytes:
    return _keyed(vault.digest("email", email))


def _keyed(digest: bytes) -> bytes:
    return hmac.digest(service_key(KEY), digest, "sha256")
