"""What a person's letter changes: a confirmation, something more in a conversation, requests, or a new conversation.

Everything here runs in the transaction that takes the letter, and writes to nobody but through the queue of letters.
Reply-To, Sender and Cc are never looked at: whoever is written to is written to at the address on file.
"""

from upheld.conversations.models import Conversation
from upheld.mailbox import conversing, requesting
from upheld.mailbox.agreeing import answered
from upheld.mailbox.answering import CONVERSATION, REFUSED, REQUESTED, Outcome
from upheld.mailbox.incoming import WRITER, Incoming
from upheld.mailbox.requesting import WAY
from upheld.mailbox.topics import topic
from upheld.mailbox.wants import Kind
from upheld.rights import verbs as rights
from upheld.rights.requests import tokens
from upheld.rights.requests.confirming import was_said

CONFIRMED, DISOWNED, NOT_CONFIRMABLE = "confirmed", "disowned", "not_confirmable"
NEITHER = "neither_yes_nor_no"


def heed(it: Incoming) -> Outcome:
    """Raises Erased when one of its people is going just now."""
    secret = rights.secret_in(it.letter.subject) or rights.secret_in(it.letter.quoted)
    said = answered(it.letter, _language_asked_in(secret)) if secret else None
    if secret is not None and said is not None:
        return _heed_reply(it, secret, is_theirs=said)
    if secret is not None and not it.wanted(Kind.OPT_OUT, Kind.CONCERN):
        conversing.keep(it, "rights", acknowledged=True)
        return it.outcome(CONVERSATION, [Kind.OTHER], NEITHER)
    return _heed_wishes(it)


def _heed_reply(it: Incoming, secret: str, *, is_theirs: bool) -> Outcome:
    """To the letter that asks whether a request is theirs, from the address that it went to."""
    word = rights.confirm if is_theirs else rights.disown
    heard = word(secret, sender=it.letter.sender, by=WRITER)
    if not isinstance(heard, list):
        return _heed_what_counts_not(it, secret, is_theirs=is_theirs)
    kinds = dict.fromkeys(each.right for each in heard)
    return it.outcome(REQUESTED, list(kinds), CONFIRMED if is_theirs else DISOWNED)


def _heed_what_counts_not(it: Incoming, secret: str, *, is_theirs: bool) -> Outcome:
    """It came from another address, or too late, or after the other word: a person decides, unless it is only the same
    word twice."""
    if was_said(secret, sender=it.letter.sender, is_theirs=is_theirs):
        return it.outcome(REFUSED, why=NOT_CONFIRMABLE)
    conversing.keep(it, "rights", acknowledged=True)
    return it.outcome(CONVERSATION, [Kind.OTHER], NOT_CONFIRMABLE)


def _language_asked_in(secret: str) -> str:
    token = tokens.find(tokens.CONFIRM, secret, from_its_address=True)
    return next((each.language for each in tokens.requests(token)), "") if token else ""


def _heed_wishes(it: Incoming) -> Outcome:
    """Each kind that the letter is, by itself; what staff have to read is kept once, whatever it is for."""
    requesting.keep_refusal(it)
    known = conversing.named(it)
    if known is not None:
        conversing.add(it, known)
    conversation = known or (_kept_for_staff(it) if it.subjects else None)
    heard = requesting.use(it, conversation)
    if not it.subjects:  # only now, so that whoever comes to be held has refused already
        conversation = _kept_for_staff(it)
    done = [*heard.kinds, *_heed_concern(it, conversation), *_heed_reminder(it, known)]
    if done:
        return it.outcome(REQUESTED, [kind for kind in it.found.kinds if kind in done], heard.refused)
    if heard.refused and conversation is not None:
        return it.outcome(CONVERSATION, it.found.kinds, heard.refused)
    if heard.refused:
        return it.outcome(REFUSED, why=heard.refused)
    if conversation is None:
        conversing.keep(it, _topic(it), acknowledged=True)
    return it.outcome(CONVERSATION, it.found.kinds)


def _kept_for_staff(it: Incoming) -> Conversation | None:
    if it.wanted(Kind.CONCERN):
        return conversing.keep(it, "concern", acknowledged=False)
    if requesting.is_for_staff(it):
        return conversing.more(it, requesting.waits_in(it)) or conversing.keep(it, "rights", acknowledged=False)
    return conversing.keep(it, "order", acknowledged=True) if it.wanted(Kind.ORDER) else None


def _heed_concern(it: Incoming, conversation: Conversation | None) -> list[Kind]:
    """Needs no identity: its confirmation goes to the address that it came from. Taken however much was written."""
    if not it.wanted(Kind.CONCERN) or conversation is None:
        return []
    rights.raise_concern(
        conversation.subject,
        title=it.letter.subject,
        text=it.letter.text,
        is_urgent=it.found.urgent,
        way=WAY,
        language=it.language,
        by=WRITER,
        conversation=conversation.id,
        answers=it.letter.message_id,
        may_answer=it.may_answer,
    )
    return [Kind.CONCERN]


def _heed_reminder(it: Incoming, known: Conversation | None) -> list[Kind]:
    """Of requests that are open. One of a conversation is more of that conversation."""
    if not it.wanted(Kind.REMINDER) or known is not None or not it.subjects or not it.may_answer:
        return []
    told = rights.status(it.subjects, by=WRITER, language=it.language, answers=it.letter.message_id)
    return [Kind.REMINDER] if told else []


def _topic(it: Incoming) -> str:
    return topic(it.found, f"{it.letter.subject}\n{it.letter.text}")
