"""What people do here: say where they are reached, and what they want to hear."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.contact.addresses import read
from upheld.contact.burning import burn_letters, burn_orphans
from upheld.contact.choosing import (
    heed_privacy_control,
    record_choice,
    record_interest,
    refuse_everything,
    stop,
)
from upheld.contact.delivering import deliver, deliver_due, forget_keys
from upheld.contact.models import Address, Choice
from upheld.contact.pacing import lane_of
from upheld.contact.sending import answer, send, send_nobody
from upheld.contact.suppressing import bring_back, hold, suppress
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

__all__ = [
    "add_address",
    "answer",
    "burn_letters",
    "burn_orphans",
    "change_address",
    "deliver",
    "deliver_due",
    "forget_keys",
    "heed_privacy_control",
    "may_write",
    "record_choice",
    "record_interest",
    "refuse_everything",
    "send",
    "send_nobody",
    "stop",
    "suppress",
    "verify_address",
]


@transaction.atomic
def add_address(subject: UUID, *, email: str, source: str, by: Actor, since: int | None = None) -> Address:
    """Where someone is reached; what this address refused before an erasure is refused still.

    Raises NotAnAddress, AlreadyHeld (someone has it), and what `vault.collect` raises.
    """
    email = read(email)
    hold(email)  # before its look-up, as whoever takes a letter from it does
    made = Address(subject=subject, lane=lane_of(email))
    row = vault.collect(made, {"email": email}, source=source, by=by, since=since)
    bring_back(subject, email=email, by=by)
    return row


@transaction.atomic
def verify_address(address: Address, *, by: Actor) -> Address:
    """The person has shown that letters to it reach them."""
    require(Act.ADDRESS_VERIFY, by=by, subject=address.subject)
    address = Address.objects.lock(address)
    address.verified_at, address.bounced_at = timezone.now(), None
    address.save(update_fields=["verified_at", "bounced_at"])
    ledger.append(Act.ADDRESS_VERIFY, by=by, subject=address.subject, facts={"row": address.reference})
    return address


@transaction.atomic
def change_address(address: Address, *, email: str, source: str, by: Actor) -> Address:
    """Another address in place of this one; the old one is unreadable afterwards. It must be verified already.

    Raises NotAnAddress, AlreadyHeld, and what `vault.correct` raises.
    """
    require(Act.ADDRESS_CHANGE, by=by, subject=address.subject)
    email = read(email)
    hold(email)
    address = vault.correct(address, {"email": email}, source=source, by=by)
    bring_back(address.subject, email=email, by=by)
    address.verified_at, address.bounced_at, address.lane = timezone.now(), None, lane_of(email)
    address.save(update_fields=["verified_at", "bounced_at", "lane"])
    ledger.append(Act.ADDRESS_CHANGE, by=by, subject=address.subject, facts={"row": address.reference})
    return address


def may_write(subject: UUID, topic: str) -> bool:
    """`Choice.objects.may_write`, for rooms above."""
    return Choice.objects.may_write(subject, topic)
