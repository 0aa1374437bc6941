"""A letter uses rights: for everybody who holds its address, and for nobody when it is not held."""

from dataclasses import dataclass

from upheld import vault
from upheld.contact import suppressing
from upheld.contact import verbs as contact
from upheld.contact.letters import Wording
from upheld.contact.models import Address
from upheld.conversations.models import Conversation
from upheld.mailbox.incoming import WRITER, Incoming
from upheld.mailbox.wants import Kind
from upheld.policy.actors import Actor
from upheld.rights import letters
from upheld.rights import verbs as rights
from upheld.rights.models import Request, Right
from upheld.rights.requests.ending import conversation_of
from upheld.rights.requests.requesting import holds_too_many, waiting

BY = Actor.system("mailbox")
WAY = "letter"
AT_ONCE = (Kind.OPT_OUT, Kind.OBJECTION)
CONFIRMED = (Kind.ACCESS, Kind.RECTIFICATION, Kind.ERASURE, Kind.RESTRICTION)
TOO_MANY_OPEN, TOO_MANY_LETTERS = "too_many_open", "too_many_letters"


@dataclass(frozen=True, slots=True)
class Heard:
    """What of it was taken up, and the code of why something was not."""

    kinds: tuple[Kind, ...] = ()
    refused: str = ""


def wanted(it: Incoming) -> list[Kind]:
    """The rights that it uses. A reminder that says once more what is asked already asks for nothing new."""
    found = it.wanted(*AT_ONCE, *CONFIRMED)
    if Kind.REMINDER in it.found.kinds:
        standing = Request.objects.standing().filter(subject__in=it.subjects)
        found = [kind for kind in found if kind.value not in set(standing.values_list("right", flat=True))]
    return found


def is_for_staff(it: Incoming) -> bool:
    """Whether somebody has to read what was written in order to do it, and it will be taken up."""
    asked = wanted(it)
    if not it.subjects:
        return False
    if not it.may_answer:  # nothing is asked back: whoever reads it decides
        return any(kind is not Kind.OPT_OUT for kind in asked)
    by_hand = Kind.RECTIFICATION in asked or Kind.RESTRICTION in asked
    return Kind.OBJECTION in asked or (by_hand and not any(holds_too_many(each) for each in it.subjects))


def waits_in(it: Incoming) -> Conversation | None:
    """The conversation of a correction or restriction that waits for their word: what is written about such a thing
    until then, by whomever, is read with it, and nobody makes more and more of them in another's name."""
    by_hand = [Right(kind.value) for kind in wanted(it) if kind in (Kind.RECTIFICATION, Kind.RESTRICTION)]
    found = waiting(it.subjects, by_hand) if by_hand and it.may_answer else []
    return next(filter(None, map(conversation_of, found)), None)


def use(it: Incoming, conversation: Conversation | None) -> Heard:
    """Raises Erased."""
    asked = wanted(it)
    at_once = tuple(kind for kind in asked if kind in AT_ONCE)
    if not asked:
        return Heard()
    if not it.subjects:
        return _answer_nobody(it, asked)
    if not it.may_answer:
        return _without_a_word(it, asked)
    opened = rights.ask(
        it.subjects,
        [kind.value for kind in asked],
        way=WAY,
        language=it.language,
        by=WRITER,
        conversation=conversation.id if conversation else None,
        answers=it.letter.message_id,
    )
    return Heard(tuple(asked)) if isinstance(opened, list) else Heard(at_once, TOO_MANY_OPEN)


def keep_refusal(it: Incoming) -> None:
    """Of somebody who is reached by no address of their own: a guest's order holds theirs, or nothing does. Whoever
    comes to be reached by it has refused already. So it goes before anything that can make somebody of its writer."""
    if it.wanted(*AT_ONCE) and vault.find(Address, "email", it.letter.sender) is None:
        suppressing.refuse(it.letter.sender)


def _answer_nobody(it: Incoming, asked: list[Kind]) -> Heard:
    """The same to somebody who never was here and to somebody who was erased. A refusal of news was kept, and nothing
    else is."""
    if any(kind in AT_ONCE for kind in asked):
        _answer(it, letters.OptedOut())
    if any(kind in CONFIRMED for kind in asked):
        _answer(it, letters.NothingHeld(but_this=bool(it.wanted(Kind.CONCERN, Kind.ORDER))))
    return Heard(tuple(asked))


def _without_a_word(it: Incoming, asked: list[Kind]) -> Heard:
    """No letter of ours goes out: only what needs none is done, and the rest was kept for somebody to read."""
    at_once = tuple(kind for kind in asked if kind in AT_ONCE)
    for subject in it.subjects if at_once else ():
        contact.refuse_everything(subject, by=WRITER, source=WAY)
    return Heard(at_once, TOO_MANY_LETTERS if len(at_once) < len(asked) else "")


def _answer(it: Incoming, wording: Wording) -> None:
    if it.may_answer:
        contact.answer(wording, email=it.letter.sender, by=BY, language=it.language, answers=it.letter.message_id)
