"""A letter becomes a conversation, or more of one: what was written and enclosed, for a person to read."""

from upheld import vault
from upheld.accounts import limits
from upheld.conversations import numbers
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.mailbox.incoming import WRITER, Incoming
from upheld.mailbox.letter import Letter
from upheld.rights import verbs as rights

ACKNOWLEDGED = limits.Limit("mailbox.acknowledged", 3, 24 * 3600)


def named(it: Incoming) -> Conversation | None:
    """The conversation that the letter's subject line names, if its writer is the person of it."""
    number = numbers.found_in(it.letter.subject, conversations.PREFIX)
    found = conversations.find(number) if number else None
    return found if found is not None and found.subject in it.subjects else None


def keep(it: Incoming, reason: str, *, acknowledged: bool) -> Conversation:
    """All of it, what it quotes too: the letter itself is kept nowhere."""
    return conversations.begin(
        it.subjects[0] if it.subjects else rights.writer(it.letter.sender, by=WRITER),
        title=it.letter.subject,
        text=_whole(it.letter),
        attachments=[each.content for each in it.letter.attachments],
        reason=reason,
        language=it.language,
        by=WRITER,
        acknowledged=acknowledged and it.may_answer and _may_acknowledge(it),
        answers=it.letter.message_id,
    )


def _may_acknowledge(it: Incoming) -> bool:
    """A program that answers our letters and does not say that it is one would be answered for ever."""
    return limits.take([(ACKNOWLEDGED, vault.digest("email", it.letter.sender))]) is None


def more(it: Incoming, conversation: Conversation | None) -> Conversation | None:
    """All of it, in a conversation about the same that is there already, if there is one."""
    if conversation is not None:
        add(it, conversation)
    return conversation


def add(it: Incoming, conversation: Conversation) -> None:
    """What the writer says now. What they quote is there already, or is a letter of ours."""
    conversations.add(
        conversation,
        title=it.letter.subject,
        text=_own(it.letter),
        attachments=[each.content for each in it.letter.attachments],
        by=WRITER,
    )


def _own(letter: Letter) -> str:
    return "\n\n".join(filter(None, (letter.text, letter.signature)))


def _whole(letter: Letter) -> str:
    quoted = "\n".join(f"> {line}" for line in letter.quoted.splitlines())
    return "\n\n".join(filter(None, (_own(letter), quoted)))
