"""What a person wants to hear: a word about one topic, about all of them, or by the link in a letter.

Each waits for a letter to this person that is just leaving; when it returns, none leaves that it refuses.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.contact import stopping
from upheld.contact.errors import NoSuchProduct, NoSuchTopic
from upheld.contact.locking import alone_with
from upheld.contact.models import Choice, Interest
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import locking
from upheld.vault.errors import Erased

ACCOUNT, GPC, LETTER = "account", "gpc", "letter"  # where a word came from
SELLING = frozenset({"DirectMarketing", "Marketing", "SellProductsToDataSubject"})
"""The terms of the Data Privacy Vocabulary by which a topic of the policy is for selling."""


def record_choice(subject: UUID, *, topic: str, allowed: bool, by: Actor, source: str) -> Choice:
    """Allow or refuse letters about one topic. Raises NoSuchTopic, Refused, Erased."""
    if topic not in force.in_force().topics:
        raise NoSuchTopic(topic)
    with alone_with(subject), transaction.atomic():
        return record(subject, topic, allowed=allowed, by=by, source=source)


def refuse_everything(subject: UUID, *, by: Actor, source: str) -> list[Choice]:
    """Refuse letters about every topic there is, in one step. Raises Refused, Erased."""
    with alone_with(subject), transaction.atomic():
        return [record(subject, topic, allowed=False, by=by, source=source) for topic in force.in_force().topics]


def stop(asked: stopping.Stop, *, everything: bool = False, by: Actor) -> None:
    """Refuse what the link in a letter names, or all there is. Safe to repeat: one that is refused already stays so.

    Nothing is to be recorded for a topic that the policy has no more, or for a person who was erased since: neither is
    written to. Raises Refused.
    """
    topics = force.in_force().topics
    wanted = [topic for topic in topics if everything or topic == asked.topic]
    with alone_with(asked.subject), transaction.atomic():
        locking.alone_with(asked.subject)
        if not vault.is_erased(asked.subject):
            for topic in wanted:
                if Choice.objects.may_write(asked.subject, topic):
                    record(asked.subject, topic, allowed=False, by=by, source=LETTER)


def heed_privacy_control(subject: UUID, *, by: Actor) -> list[Choice]:
    """Refuse the topics that are for selling and about which the person has said nothing: a browser's general word
    (Global Privacy Control) is less than the person's own. Raises Refused, Erased."""
    policy = force.in_force()
    selling = [topic for topic in policy.topics if policy.purposes[topic].term in SELLING]
    with alone_with(subject), transaction.atomic():
        said = set(Choice.objects.for_subject(subject).values_list("topic", flat=True))
        return [record(subject, each, allowed=False, by=by, source=GPC) for each in selling if each not in said]


def record_interest(subject: UUID, *, product: str, interested: bool, by: Actor, source: str) -> None:
    """Say that one is interested in a product of the policy, or no more. Raises NoSuchProduct, Refused, Erased."""
    if product not in force.in_force().products:
        raise NoSuchProduct(product)
    require(Act.INTEREST_RECORD, by=by, subject=subject)
    with alone_with(subject), transaction.atomic():
        _refuse_erased(subject)
        if interested:
            given = {"at": timezone.now(), "source": source}
            Interest.objects.get_or_create(subject=subject, product=product, defaults=given)
        else:
            Interest.objects.filter(subject=subject, product=product).delete()
        facts: dict[str, ledger.Fact] = {"product": product, "interested": interested, "source": source}
        ledger.append(Act.INTEREST_RECORD, by=by, subject=subject, facts=facts)


def record(subject: UUID, topic: str, *, allowed: bool, by: Actor, source: str) -> Choice:
    """In a transaction, by whoever is alone with the person or has just met them. Raises Refused, Erased."""
    require(Act.CHOICE_RECORD, by=by, subject=subject, purpose=topic)
    _refuse_erased(subject)
    now: datetime = timezone.now()
    choice = Choice.objects.create(subject=subject, topic=topic, allowed=allowed, at=now, source=source)
    facts: dict[str, ledger.Fact] = {"topic": topic, "allowed": allowed, "source": source}
    ledger.append(Act.CHOICE_RECORD, by=by, subject=subject, facts=facts)
    return choice


def _refuse_erased(subject: UUID) -> None:
    """An erasure waits for this transaction, or is seen by it."""
    locking.alone_with(subject)
    if vault.is_erased(subject):
        raise Erased(subject)
