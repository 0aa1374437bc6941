"""Whose a letter is: everybody of whom its address is held, and where they are written to."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from upheld import vault
from upheld.accounts.models import Account
from upheld.contact import suppressing
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.orders.models import Order
from upheld.policy.actors import Actor
from upheld.vault.errors import AlreadyHeld
from upheld.vault.models import Lookup

SOURCE = "letter"


def writers(email: str) -> list[UUID]:
    """Every subject that holds this address: the one that is reached by it first, then orders that were made apart.

    An order of somebody with an account is theirs, whatever other address they gave with it. Makes nobody up.
    """
    known = vault.find(Address, "email", email)
    apart = Order.objects.filter(email_digest=vault.digest("email", email)).order_by("id")
    subjects = list(apart.values_list("subject", flat=True))
    accounts = set(Account.objects.filter(subject__in=subjects).values_list("subject", flat=True))
    found = [known.subject] if known else []
    return list(dict.fromkeys([*found, *(each for each in subjects if each not in accounts)]))


def ordered_with(subject: UUID) -> list[bytes]:
    """The digests of addresses by which orders of this person, who has no account, are found."""
    if Account.objects.filter(subject=subject).exists():
        return []
    held = Order.objects.filter(subject=subject, email_digest__isnull=False)
    return list({bytes(digest) for digest in held.values_list("email_digest", flat=True)})


def hold_one_address(one: UUID, other: UUID) -> bool:
    """Whether both are reached by the same address, so that what its writer asks is asked for both."""
    return one == other or not _digests(one).isdisjoint(_digests(other))


def _digests(subject: UUID) -> set[bytes]:
    own = Lookup.objects.filter(subject=subject, field=suppressing.FIELD).values_list("digest", flat=True)
    return {*map(bytes, own), *ordered_with(subject)}


def writer(email: str, *, by: Actor) -> UUID:
    """The one that letters from this address belong to, made when there is none. Two at once become one.

    Raises NotAnAddress, Refused.
    """
    known = vault.find(Address, "email", email)
    if known is None:
        try:
            with transaction.atomic():
                known = contact.add_address(vault.new_subject(), email=email, source=SOURCE, by=by)
        except (AlreadyHeld, IntegrityError):
            known = vault.find(Address, "email", email)
    assert known is not None  # whoever was quicker has it
    subject: UUID = known.subject
    return subject


def reached(subjects: Sequence[UUID]) -> vault.Personal | None:
    """The row with the address at which these people, who hold the same one, are written to."""
    address = Address.objects.filter(subject__in=subjects).order_by("id").first()
    apart = Order.objects.filter(subject__in=subjects, email_digest__isnull=False).order_by("-id").first()
    found: vault.Personal | None = address or apart
    return found
