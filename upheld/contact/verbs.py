"""What people do here: say where they are reached, and what they want to hear."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.contact.addresses import read
from upheld.contact.errors import NoSuchTopic
from upheld.contact.models import Address, Choice
from upheld.contact.sending import burn_letters, burn_orphans, send
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

__all__ = [
    "add_address",
    "burn_letters",
    "burn_orphans",
    "change_address",
    "may_write",
    "record_choice",
    "refuse_everything",
    "send",
    "verify_address",
]


@transaction.atomic
def add_address(subject: UUID, *, email: str, source: str, by: Actor, since: int | None = None) -> Address:
    """Where someone is reached. Raises NotAnAddress, AlreadyHeld (someone has it), and what `vault.collect` raises."""
    row = Address(subject=subject)
    return vault.collect(row, {"email": read(email)}, source=source, by=by, since=since)


@transaction.atomic
def verify_address(address: Address, *, by: Actor) -> Address:
    """The person has shown that letters to it reach them."""
    require(Act.ADDRESS_VERIFY, by=by, subject=address.subject)
    address = Address.objects.lock(address)
    address.verified_at = timezone.now()
    address.save(update_fields=["verified_at"])
    ledger.append(Act.ADDRESS_VERIFY, by=by, subject=address.subject, facts={"row": address.reference})
    return address


@transaction.atomic
def change_address(address: Address, *, email: str, source: str, by: Actor) -> Address:
    """Another address in place of this one; the old one is unreadable afterwards. It must be verified already.

    Raises NotAnAddress, AlreadyHeld, and what `vault.correct` raises.
    """
    require(Act.ADDRESS_CHANGE, by=by, subject=address.subject)
    address = vault.correct(address, {"email": read(email)}, source=source, by=by)
    address.verified_at = timezone.now()
    address.save(update_fields=["verified_at"])
    ledger.append(Act.ADDRESS_CHANGE, by=by, subject=address.subject, facts={"row": address.reference})
    return address


@transaction.atomic
def record_choice(subject: UUID, *, topic: str, allowed: bool, by: Actor, source: str) -> Choice:
    """Allow or refuse letters about one topic. Raises NoSuchTopic, Refused."""
    if topic not in force.in_force().topics:
        raise NoSuchTopic(topic)
    require(Act.CHOICE_RECORD, by=by, subject=subject, purpose=topic)
    now: datetime = timezone.now()
    choice = Choice.objects.create(subject=subject, topic=topic, allowed=allowed, at=now, source=source)
    facts: dict[str, ledger.Fact] = {"topic": topic, "allowed": allowed, "source": source}
    ledger.append(Act.CHOICE_RECORD, by=by, subject=subject, facts=facts)
    return choice


@transaction.atomic
def refuse_everything(subject: UUID, *, by: Actor, source: str) -> list[Choice]:
    """Refuse letters about every topic there is, in one step."""
    return [
        record_choice(subject, topic=topic, allowed=False, by=by, source=source) for topic in force.in_force().topics
    ]


def may_write(subject: UUID, topic: str) -> bool:
    """`Choice.objects.may_write`, for rooms above."""
    return Choice.objects.may_write(subject, topic)
