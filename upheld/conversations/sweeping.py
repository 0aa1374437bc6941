"""What is over goes by itself: conversations of which nothing is left, and people who only ever wrote.

Retention takes the messages and their key (`upheld.vault.expiring`). Then the conversation's own row has no use, nor
has the address of somebody of whom nothing else is held.
"""

from datetime import timedelta
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.accounts.models import Account
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.conversations.keeping import SOURCE
from upheld.conversations.models import Attachment, Conversation, Message
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import holding

BY = Actor.system("retention")
FRESH = timedelta(days=1)  # an address that is younger may belong to a letter that is being taken


def sweep() -> int:
    """Remove what is over. Safe to interrupt and repeat; returns how many conversations and people."""
    gone = [_end(conversation) for conversation in _emptied()]
    gone += [_let_go(subject) for subject in _writers()]
    if any(gone):
        contact.burn_orphans()
    return sum(gone)


def _emptied() -> list[Conversation]:
    return list(_without_words(Conversation.objects.exclude(closed_at=None)))


def _without_words(conversations: "models.QuerySet[Conversation]") -> "models.QuerySet[Conversation]":
    here = {"subject": models.OuterRef("subject"), "conversation": models.OuterRef("pk")}
    held = [models.Exists(model.objects.filter(**here)) for model in (Message, Attachment)]
    return conversations.exclude(held[0]).exclude(held[1])


@transaction.atomic
def _end(conversation: Conversation) -> bool:
    """Asked again under its lock: the person may have written meanwhile. While a hold stands it stays."""
    require(Act.RETENTION_END, by=BY, subject=conversation.subject)
    if not holding.may_go(conversation.subject):
        return False
    locked = Conversation.objects.select_for_update().filter(subject=conversation.subject, pk=conversation.pk)
    if locked.exclude(closed_at=None).first() is None or not _without_words(locked).exists():
        return False
    conversation.delete()
    kept = force.in_force().retention_class(Message.label(), Message.field("text").datum)
    facts: dict[str, ledger.Fact] = {"row": conversation.reference, "class": kept}
    ledger.append(Act.RETENTION_END, by=BY, subject=conversation.subject, facts=facts)
    return True


def _writers() -> list[UUID]:
    """People without an account whose address came by letter, and of whom nothing else is a reason to keep it."""
    found = Address.objects.filter(verified_at=None, id__lt=vault.first_id(timezone.now() - FRESH))
    found = found.exclude(models.Exists(Account.objects.filter(subject=models.OuterRef("subject"))))
    return [each.subject for each in found if _came_by_letter(each) and not _has_reason(each.subject)]


def _came_by_letter(address: Address) -> bool:
    return all(origin.source == SOURCE for origin in address.held().values())


def _has_reason(subject: UUID) -> bool:
    """Whether a row of theirs stands for something that is not over."""
    return any(_standing(model, subject).exists() for model in vault.people() if model is not Address)


def _standing(model: type[vault.AboutPerson], subject: UUID) -> "models.QuerySet[vault.AboutPerson]":
    rows = model._base_manager.filter(subject=subject)
    return rows.exclude(**{f"{model.over_from}__lte": timezone.now()}) if model.over_from else rows


def _let_go(subject: UUID) -> bool:
    """Their keys and rows, and the copies of our letters; that they refused news stays, as a keyed digest.

    That is committed first: keys that are gone do not come back with what a crash undoes.
    """
    contact.suppress(subject)

    def is_due() -> bool:
        if _has_reason(subject):
            return False
        contact.suppress(subject)  # what they refused meanwhile
        contact.burn_letters(subject)
        return True

    return vault.shred_if(subject, is_due, by=BY, because="over")
