"""The checks of concerns: each has a date, somebody who answers for it, and an outcome."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from upheld import ledger
from upheld.policy import Promise, force
from upheld.policy.acts import Act
from upheld.policy.checks import Finding, check
from upheld.rights import clocks
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import Nobody, staff
from upheld.rights.models import Request, Right, State
from upheld.rights.requests import ending, officer, steps
from upheld.rights.requests.concerns import raise_concern
from upheld.rights.requests.writers import reached

AT_ONCE = timedelta(minutes=1)
TAKEN, OUTCOMES = ("concern_taken",), ("conversation_answer", "request_ended")  # kinds of letters
CHUNK, MOST = 500, 20


@check(
    Promise.CONCERN,
    how="For every concern on record the ledger must have, within a minute of it, a letter of the kind concern_taken "
    "that its own entry names; its date must be the one that its law gives, and must not have passed before staff end "
    "it; and then the entry of its end must name the letter with its outcome. Who cannot be reached has neither, and "
    "an address from which more than twenty letters came within an hour is not told that we have one. "
    "There must be an address of the privacy officer that the program does not read itself, and a job of the policy "
    "that works on concerns.",
)
def concerns() -> Finding:
    count, wrong = 0, list(_unowned())
    for request in Request.objects.filter(right=Right.CONCERN).order_by("id").iterator(chunk_size=CHUNK):
        count += 1
        wrong += [f"{request.reference} {why}" for why in (*_unacknowledged(request), *_late(request))]
    return Finding(not wrong, f"{count} concerns, each with a date and an owner", tuple(wrong[:MOST]))


@check(
    Promise.CONCERN,
    how="A made-up person tells us of a concern. It must have a number and a date, and a letter that says so; staff "
    "end it on its case, and the person must be written what came of it.",
)
def one_concern() -> Finding:
    return rehearsed.shown("concern")


def _unowned() -> Iterator[str]:
    yield from officer.unreached()
    if force.in_force().job_on(ending.CASES[Right.CONCERN]) is None:
        yield "nobody answers for concerns: no job of the policy works on them"


def _unacknowledged(request: Request) -> Iterator[str]:
    entries = ledger.Entry.objects.of(request.subject)
    opened = entries.filter(act=Act.REQUEST_OPEN)
    begun = next((each for each in opened if each.facts["request"] == request.reference), None)
    if begun is None:
        yield "has no entry in the ledger"
        return
    told = _told_at(request, (State.IN_PROGRESS,), TAKEN)
    if told is None or told - begun.at > AT_ONCE:
        yield "was not acknowledged at once"
    if request.ended_at and request.state in ending.ENDS and _told_at(request, ending.ENDS, OUTCOMES) is None:
        yield "was ended without an outcome"


def _told_at(request: Request, states: Collection[State], kinds: Collection[str]) -> datetime | None:
    """When the person was written what the request's own step into one of these states names, in a letter of one of
    these kinds; of somebody who cannot be reached, when that step was taken."""
    entries = ledger.Entry.objects.of(request.subject)
    letters = {e.facts["letter"]: e.at for e in entries.filter(act=Act.LETTER_SEND) if e.facts["kind"] in kinds}
    for entry in entries.filter(act=Act.CONVERSATION_ANSWER):
        if entry.facts["letter"] in letters:
            letters[entry.facts["message"]] = letters[entry.facts["letter"]]
    for step in entries.filter(act=Act.REQUEST_STEP):
        if step.facts["request"] == request.reference and step.facts["state"] in states:
            answer = step.facts.get("answer")
            unreached = answer == steps.NOWHERE and reached([request.subject]) is None
            if answer in letters or answer == steps.HUSHED or unreached:
                return letters.get(answer, step.at)
    return None


def _late(request: Request) -> Iterator[str]:
    if request.law not in clocks.LAWS or request.due_at != clocks.due(request.law, request.asked_at):
        yield f"has another date than its law gives, {request.law or 'none'}"
    if (request.ended_at or timezone.now()) > request.due_at:
        yield "was not answered by its date"


def _one(nobody: Nobody) -> Finding:
    request = raise_concern(nobody.subject, text=nobody.value("message"), way="site", by=nobody.by)
    wrong = [*_unacknowledged(request), *_late(request)]
    by = staff(*ending.case_of(request), nobody.subject)
    request = ending.end(request, state=State.FULFILLED, outcome="It was looked into.", by=by)
    wrong += _unacknowledged(request)
    if request.ended_at is None:
        wrong.append("has no end")
    figure = f"a made-up concern was acknowledged, due by {request.due_at:%Y-%m-%d}, and ended with an outcome"
    return Finding(not wrong, figure, tuple(wrong))


rehearsed.also("concern", _one)
