"""A person has a concern: it is kept, numbered, given a date and an owner, and acknowledged, all at once."""

from uuid import UUID

from django.db import transaction

from upheld.conversations import verbs as conversations
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights import letters
from upheld.rights.errors import NoSuchPromise
from upheld.rights.models import Request, Right, State
from upheld.rights.reasons import Reason
from upheld.rights.requests import steps
from upheld.rights.requests.ending import number_of
from upheld.rights.requests.requesting import write
from upheld.vault.locking import hold_still

REASON = "concern"  # of the conversation


@transaction.atomic
def raise_concern(
    subject: UUID,
    *,
    title: str = "",
    text: str,
    promise: str = "",
    is_urgent: bool = False,
    way: str,
    language: str = "en",
    by: Actor,
    conversation: UUID | None = None,
    answers: str = "",
    may_answer: bool = True,
) -> Request:
    """Take a concern, about the promise that is named or about none, and write its number and date to the person.

    `conversation` is the one with what they wrote; without it, one is begun with `title` and `text`. Urgent is what
    says that the policy is broken now: the alarm is sounded by the worker. Without `may_answer` the person is not
    written to: their address has had enough letters of ours for now. Raises NoSuchPromise, Erased, Refused.
    """
    require(Act.REQUEST_OPEN, by=by, subject=subject)
    if promise and promise not in force.in_force().promises:
        raise NoSuchPromise(promise)
    hold_still(subject)
    if conversation is None:
        begun = conversations.begin(
            subject, title=title, text=text, reason=REASON, language=language, by=by, acknowledged=False
        )
        conversation = begun.id
    request = steps.begin(
        subject, Right.CONCERN, way=way, language=language, by=by, conversation=conversation, promise=promise,
        is_urgent=is_urgent,
    )  # fmt: skip
    wording = letters.ConcernTaken(number_of(request), request.number, request.due_at)
    answer = write([subject], wording, language=language, answers=answers) if may_answer else steps.HUSHED
    return steps.move(request, State.IN_PROGRESS, reason=Reason.OFFICER, by=by, answer=answer)
