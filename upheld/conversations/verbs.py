"""What people do here: write to us about a matter, add to it, answer, close it, and take back what they wrote."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.contact import verbs as contact
from upheld.conversations import numbers
from upheld.conversations.errors import Closed, NothingSaid, NowhereToWrite, ReasonUnknown
from upheld.conversations.keeping import keep
from upheld.conversations.letters import AnswerLetter, ConversationBegun
from upheld.conversations.models import REASONS, Attachment, Conversation, Message
from upheld.conversations.reading import Said, read
from upheld.conversations.sweeping import sweep
from upheld.conversations.whereabouts import reached_at
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.errors import Refused
from upheld.vault.locking import hold_still

__all__ = ["Said", "add", "answer", "begin", "close", "find", "read", "remove", "sweep"]

PREFIX = "C"
US = Actor.system("conversations")


@transaction.atomic
def begin(
    subject: UUID,
    *,
    title: str,
    text: str,
    attachments: Sequence[bytes] = (),
    reason: str,
    language: str = "en",
    by: Actor,
    acknowledged: bool = True,
    answers: str = "",
) -> Conversation:
    """Keep what somebody wrote as a new conversation and, unless told not to, write to them that it is here.

    `language` is an RFC 5646 tag; `answers` is the Message-ID of the letter that it came by, if it did. Who cannot be
    reached is not written to. Raises ReasonUnknown, Refused, Erased.
    """
    require(Act.CONVERSATION_OPEN, by=by, subject=subject)
    if reason not in REASONS:
        raise ReasonUnknown(reason[:40], ", ".join(REASONS))
    hold_still(subject)
    now = timezone.now()
    conversation = Conversation.objects.create(
        subject=subject,
        number=numbers.unused(PREFIX, Conversation.objects.all()),
        reason=reason,
        language=language[:8],
        opened_at=now,
        waiting_since=now,
    )
    facts: dict[str, ledger.Fact] = {"row": conversation.reference, "reason": reason}
    ledger.append(Act.CONVERSATION_OPEN, by=by, subject=subject, facts=facts)
    _take(conversation, title=title, text=text, attachments=attachments, by=by)
    to = reached_at(subject) if acknowledged else None
    if to is not None:
        contact.send(ConversationBegun(conversation.number), to=to, by=US, language=language, answers=answers)
    return conversation


@transaction.atomic
def add(conversation: Conversation, *, title: str, text: str, attachments: Sequence[bytes] = (), by: Actor) -> Message:
    """The person writes again about the same matter; one that was closed is open again. Raises Refused, Erased."""
    hold_still(conversation.subject)
    conversation = Conversation.objects.lock(conversation)
    if conversation.closed_at:
        _stamp(conversation, None)
    conversation.waiting_since = conversation.waiting_since or timezone.now()
    conversation.save(update_fields=["waiting_since"])
    return _take(conversation, title=title, text=text, attachments=attachments, by=by)


@transaction.atomic
def answer(conversation: Conversation, *, text: str, by: Actor) -> Message:
    """Staff on a case of this conversation answer: kept with it, and written to the person.

    Raises Refused, Closed, NothingSaid, NowhereToWrite.
    """
    require(Act.CONVERSATION_ANSWER, by=by, subject=conversation.subject)
    _require_its_case(conversation, by)
    conversation = Conversation.objects.lock(conversation)
    if conversation.closed_at:
        raise Closed(conversation.number)
    if not text.strip():
        raise NothingSaid
    to = reached_at(conversation.subject)
    if to is None:
        raise NowhereToWrite(conversation.number)
    message = keep(conversation, text=text, at=timezone.now(), is_ours=True, by=US)
    conversation.waiting_since = None
    conversation.save(update_fields=["waiting_since"])
    letter = contact.send(AnswerLetter(conversation.number, text), to=to, by=by, language=conversation.language)
    facts: dict[str, ledger.Fact] = {"row": conversation.reference, "message": message.reference}
    facts["letter"] = letter.reference
    ledger.append(Act.CONVERSATION_ANSWER, by=by, subject=conversation.subject, facts=facts)
    return message


@transaction.atomic
def close(conversation: Conversation, *, by: Actor) -> Conversation:
    """The matter is over: the period for which it is kept begins. Safe to repeat. Raises Refused."""
    require(Act.CONVERSATION_CLOSE, by=by, subject=conversation.subject)
    if by.kind is Kind.STAFF:
        _require_its_case(conversation, by)
    conversation = Conversation.objects.lock(conversation)
    if conversation.closed_at is None:
        _stamp(conversation, timezone.now())
        facts: dict[str, ledger.Fact] = {"row": conversation.reference}
        ledger.append(Act.CONVERSATION_CLOSE, by=by, subject=conversation.subject, facts=facts)
    return conversation


@transaction.atomic
def remove(conversation: Conversation, *, by: Actor) -> None:
    """The person deletes a conversation, with all that was said and enclosed, and what staff noted about it. Safe to
    repeat. Raises Refused."""
    require(Act.ROW_REMOVE, by=by, subject=conversation.subject)
    subject, id = conversation.subject, conversation.id
    if not Conversation.objects.select_for_update().filter(subject=subject, pk=id).exists():
        return
    for row in list(vault.rows_on(id, of=subject)):
        vault.remove(row, by=by, because=conversation.reference)
    conversation.delete()
    ledger.append(Act.ROW_REMOVE, by=by, subject=subject, facts={"row": conversation.reference})


def find(number: str) -> Conversation | None:
    """The conversation of this number, as people type it."""
    found: Conversation | None = Conversation.objects.filter(number=numbers.read(number, PREFIX)).first()
    return found


def _take(conversation: Conversation, *, title: str, text: str, attachments: Sequence[bytes], by: Actor) -> Message:
    require(Act.MESSAGE_ADD, by=by, subject=conversation.subject)
    message = keep(conversation, title=title, text=text, attachments=attachments, at=timezone.now(), by=by)
    facts: dict[str, ledger.Fact] = {"row": message.reference, "conversation": conversation.reference}
    facts["attachments"] = len(attachments)
    ledger.append(Act.MESSAGE_ADD, by=by, subject=conversation.subject, facts=facts)
    return message


def _stamp(conversation: Conversation, closed_at: datetime | None) -> None:
    """On every row of it: the period for which each is kept runs from there, and while there is none it does not."""
    conversation.closed_at, conversation.waiting_since = closed_at, None
    conversation.save(update_fields=["closed_at", "waiting_since"])
    for model in (Message, Attachment):
        rows = model.objects.filter(subject=conversation.subject, conversation=conversation.id)
        rows.update(closed_at=closed_at)


def _require_its_case(conversation: Conversation, by: Actor) -> None:
    """What was written about one matter is no case for acting in another."""
    if by.case is None or by.case.id != conversation.id:
        raise Refused(f"the case is not conversation {conversation.number}")
