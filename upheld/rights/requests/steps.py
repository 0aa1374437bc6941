"""A request begins, and comes further: every change of where it is passes through `move`."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.conversations import numbers
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights import clocks
from upheld.rights.errors import IsOver
from upheld.rights.models import ENDED, Request, RequestStep, Right, State
from upheld.rights.reasons import Reason

PREFIX = "R"
NOWHERE = "nowhere"  # in place of what was written to somebody who could not be reached
HUSHED = "hushed"  # and to an address that has had enough letters of ours for now


def begin(
    subject: UUID,
    right: Right,
    *,
    way: str,
    language: str,
    by: Actor,
    conversation: UUID | None = None,
    promise: str = "",
    is_urgent: bool = False,
) -> Request:
    """A new request, with its number and its clock; in a transaction that holds the person."""
    now, law = timezone.now(), clocks.law()
    request = Request(
        subject=subject, number=numbers.unused(PREFIX, Request.objects.all()), right=right, way=way, language=language,
        asked_at=now, law=law, due_at=clocks.due(law, now), conversation=conversation, promise=promise,
        is_urgent=is_urgent,
    )  # fmt: skip
    return move(request, State.OPEN, by=by, act=Act.REQUEST_OPEN)


@transaction.atomic
def move(
    request: Request,
    state: State,
    *,
    reason: Reason | None = None,
    by: Actor,
    act: Act = Act.REQUEST_STEP,
    answer: str = "",
) -> Request:
    """Where the request is from now on: in its row, among its steps, and on record.

    `answer` is the row of the letter or the message that tells the person of it, or NOWHERE, for the record.
    Raises IsOver for one that has ended, Refused.
    """
    require(act, by=by, subject=request.subject)
    if not request._state.adding:
        request = Request.objects.lock(request)
    if request.state in ENDED:
        raise IsOver(request.number)
    now = timezone.now()
    request.state, request.reason = state, reason or ""
    request.ended_at = now if state in ENDED else None
    request.save()
    _record(request, now, act, by, answer)
    return request


def _record(request: Request, at: datetime, act: Act, by: Actor, answer: str) -> None:
    RequestStep.objects.create(
        subject=request.subject, request=request.pk, at=at, state=request.state, reason=request.reason
    )
    facts: dict[str, ledger.Fact] = {
        "reason": request.reason or None, "request": request.reference, "right": request.right, "state": request.state,
    }  # fmt: skip
    if answer:
        facts["answer"] = answer
    ledger.append(act, by=by, subject=request.subject, facts=facts)
