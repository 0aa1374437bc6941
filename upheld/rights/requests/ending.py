"""Somebody on our staff ends a request: with an outcome in plain words, and with the way to the authority."""

from contextlib import suppress
from uuid import UUID

from django.db import transaction

from upheld.contact import verbs as contact
from upheld.contact.languages import in_words_of
from upheld.conversations import verbs as conversations
from upheld.conversations.errors import NowhereToWrite
from upheld.conversations.models import Conversation
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights import clocks, letters, links
from upheld.rights.errors import CarriedOut, IsOver, NotAnEnd, OutcomeMissing, ReasonMissing
from upheld.rights.models import ErasureRequest, Request, Right, State
from upheld.rights.reasons import GIVEN, Reason
from upheld.rights.requests import steps
from upheld.rights.requests.writers import hold_one_address, reached
from upheld.vault.locking import hold_still

US = Actor.system("rights")
ENDS = (State.FULFILLED, State.PARTLY_FULFILLED, State.DENIED)
CASES = {Right.CONCERN: "concern"}
CASE = "rights_request"
ABOUT_RIGHTS = ("concern", "rights")  # a conversation about anything else as well is closed by whoever answers it


def case_of(request: Request) -> tuple[str, UUID]:
    """The kind of case that staff work on for it, and its id: the conversation's, where there is one."""
    return CASES.get(Right(request.right), CASE), request.conversation or request.pk


def conversation_of(request: Request) -> Conversation | None:
    """The one with what the person wrote, while it is kept. One letter is about everybody who holds its address, and
    lies with the first of them."""
    if request.conversation is None:
        return None
    found: Conversation | None = Conversation.objects.filter(pk=request.conversation).first()
    return found if found is not None and hold_one_address(found.subject, request.subject) else None


def number_of(request: Request) -> str:
    """Of its conversation, for the subject line of a letter; empty where there is none."""
    found = conversation_of(request)
    return found.number if found else ""


@transaction.atomic
def end(request: Request, *, state: State | str, reason: str = "", outcome: str = "", by: Actor) -> Request:
    """End it, and write to the person what came of it. The outcome is kept in their conversation, which is closed; one
    that is closed already stays as it is, and the outcome goes out by letter alone. Who cannot be reached is not
    written to.

    Raises NotAnEnd, ReasonMissing (for what is not done in full), OutcomeMissing (for a concern), IsOver (also of an
    erasure that is being carried out), CarriedOut (of one that waits), Refused.
    """
    if state not in ENDS:
        raise NotAnEnd(state, ", ".join(ENDS))
    if state != State.FULFILLED and reason not in GIVEN:
        raise ReasonMissing(", ".join(GIVEN))
    if request.right == Right.CONCERN and not outcome.strip():
        raise OutcomeMissing
    require(Act.REQUEST_STEP, by=by, subject=request.subject)
    hold_still(request.subject)
    refuse_if_erasing(request)
    if request.right == Right.ERASURE and ErasureRequest.objects.filter(subject=request.subject).exists():
        raise CarriedOut(request.number)
    answer = _tell(request, state, reason, outcome.strip(), by=by)
    close_conversation(request, by=by)  # before the request is over, and with it the case on which staff close it
    return steps.move(request, State(state), reason=Reason(reason) if reason else None, by=by, answer=answer)


def refuse_if_erasing(request: Request) -> None:
    """Nobody ends an erasure that has begun. In a transaction. Raises IsOver."""
    if Request.objects.lock(request).reason == Reason.ERASING:
        raise IsOver(request.number)


def _tell(request: Request, state: str, reason: str, outcome: str, *, by: Actor) -> str:
    """The row of what was written, or steps.NOWHERE."""
    found, receipt = conversation_of(request), links.to_receipt(request.subject, request.pk)
    if found is not None and found.subject == request.subject and found.closed_at is None and outcome:
        with in_words_of(request.language):
            text = "\n\n".join((outcome, *letters.given(receipt), str(clocks.LAWS[request.law].authority)))
        with suppress(NowhereToWrite):
            return conversations.answer(found, text=text, by=by).reference
    to = reached([request.subject])
    if to is None:
        return steps.NOWHERE
    wording = letters.RequestEnded(request.number, request.right, state, reason, outcome, request.law, receipt)
    return contact.send(wording, to=to, by=by, language=request.language).reference


def close_conversation(request: Request, *, by: Actor) -> None:
    """Of a request that ends, when nothing else that stands is about it: from then on its time to be kept runs."""
    found = conversation_of(request)
    others = Request.objects.standing().filter(conversation=request.conversation).exclude(pk=request.pk)
    if found is not None and found.closed_at is None and found.reason in ABOUT_RIGHTS and not others.exists():
        conversations.close(found, by=by if found.subject == request.subject else US)
