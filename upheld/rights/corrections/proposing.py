"""Staff propose a correction, and nothing changes before the person says yes.

What is proposed rests sealed, in a class of its own, for a week at most: its key goes with the last of it. The person
gets a letter with a link, and answers there or on their own pages; what they accept, they correct.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from upheld import ledger, vault
from upheld.orders import correcting as orders
from upheld.orders.answers import Refusal
from upheld.orders.models import CORRECTION, Document, Order
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights import letters, links, words
from upheld.rights.answers import NotConfirmable
from upheld.rights.corrections.correcting import PROPOSABLE, acceptable, correct, correctable, how_to_correct_in
from upheld.rights.errors import IsOver, NotHeld, NotToCorrect, Unacceptable
from upheld.rights.letters_correcting import CorrectionProposed
from upheld.rights.models import ENDED, Proposal, Request, Right, State, Token
from upheld.rights.reasons import Reason
from upheld.rights.requests import steps, tokens
from upheld.rights.requests.ending import close_conversation
from upheld.rights.requests.requesting import BY, write
from upheld.rights.seen import records
from upheld.vault import failing
from upheld.vault.errors import AlreadyHeld
from upheld.vault.locking import hold_still

SOURCE = "letter"


@dataclass(frozen=True, slots=True)
class Correctable:
    """A field that staff may propose a value for. Its value is not here."""

    label: str
    row: UUID
    field: str
    title: str  # as in: An order, Name


@dataclass(frozen=True, slots=True)
class Look:
    """A proposal as its person sees it. `now` is None when what it is about is gone."""

    proposal: Proposal
    title: str
    now: str | None
    proposed: str


def fields(request: Request) -> Iterator[Correctable]:
    """What can be proposed for whoever asked. Opens nothing."""
    policy = force.in_force()
    for row in vault.rows_of(request.subject):
        for name in row.held():
            if how_to_correct_in(row, name) in PROPOSABLE:
                title = f"{records.title(row.label())}, {words.field(policy, type(row), name)}"
                yield Correctable(row.label(), row.pk, name, title)


def propose(request: Request, *, label: str, row: UUID, field: str, value: str, by: Actor) -> Proposal:
    """Put a value to the person who asked for a correction; one that waits for the same field is replaced.

    Raises NotToCorrect (no rectification that somebody works on), IsOver, CorrectedElsewhere, NotHeld, Unacceptable,
    Refused.
    """
    require(Act.CORRECTION_PROPOSE, by=by, subject=request.subject)
    found = correctable(request.subject, label, row, field, asked=True)
    value = acceptable(found.field(field).datum, value)
    refused = orders.may_change(found, field) if isinstance(found, Order) else None
    if refused is not None:
        raise Unacceptable(refused.sentence)
    with transaction.atomic():
        hold_still(request.subject)
        request = _under_way(request)
        for before in Proposal.objects.filter(subject=request.subject, request=request.pk, row=row, name=field):
            vault.remove(before, by=BY, because=request.reference)
        proposal = Proposal(
            subject=request.subject, request=request.pk, kind=label, row=row, name=field, proposed_at=timezone.now()
        )
        vault.collect(proposal, {"value": value}, source=SOURCE, by=BY)
        facts: dict[str, ledger.Fact] = {"request": request.reference, "row": found.reference, "fields": [field]}
        ledger.append(Act.CORRECTION_PROPOSE, by=by, subject=request.subject, facts=facts)
        link = tokens.issue(tokens.CORRECT, [request, proposal]).link
        wording = CorrectionProposed(request.number, link, timezone.now() + tokens.LASTS)
        told = write([request.subject], wording, language=request.language)
        steps.move(request, State.IN_PROGRESS, reason=Reason.PROPOSED, by=by, answer=told)
    return proposal


def look(proposal: Proposal, *, by: Actor) -> Look:
    """What it says now and what it would say, opened for the person. Raises Refused."""
    policy, model = force.in_force(), vault.by_label(proposal.kind)
    assert model is not None  # it was proposed for one
    row = model._default_manager.filter(subject=proposal.subject, pk=proposal.row).first()
    now = vault.open(row, [proposal.name], by=by, purpose="correction") if row else {}
    proposed = vault.open(proposal, ["value"], by=by, purpose="correction")["value"]
    return Look(proposal, words.field(policy, model, proposal.name), now.get(proposal.name), proposed or "")


def waiting(request: Request) -> list[Proposal]:
    """What the person has still to answer, oldest first."""
    since = timezone.now() - tokens.LASTS
    found = Proposal.objects.filter(subject=request.subject, request=request.pk, proposed_at__gte=since)
    return [] if request.state in ENDED else list(found.order_by("id"))


def _under_way(request: Request) -> Request:
    """The request, locked, while staff work on it."""
    found: Request = Request.objects.lock(request)
    if found.state in ENDED:
        raise IsOver(found.number)
    if found.right != Right.RECTIFICATION or found.state != State.IN_PROGRESS:
        raise NotToCorrect(found.number)
    return found


def answer(secret: str, accepts: bool, *, by: Actor) -> Request | NotConfirmable | Refusal:
    """Yes or no by the link of the letter. Whoever has it has the mailbox, whatever `by` knew of them."""
    token = tokens.find(tokens.CORRECT, secret)
    proposal = tokens.proposal(token) if token else None
    if proposal is None:
        return NotConfirmable()
    return decide(proposal, accepts, by=Actor.person(proposal.subject))


def decide(proposal: Proposal, accepts: bool, *, by: Actor) -> Request | NotConfirmable | Refusal:
    """The person's word, once. Yes: it is corrected, and the request ends when nothing else waits; no: staff go on.

    A Refusal, and nothing is changed, when it does not fit what is held by now. Raises Refused.
    """
    try:
        with transaction.atomic():
            return _decide(proposal, accepts, by)
    except Unacceptable as refused:
        return Refusal(str(refused))
    except AlreadyHeld:
        return Refusal("Somebody else has this already, so that it cannot be yours as well.")
    except NotHeld:
        return Refusal("What was to be corrected is not held any more.")


def _decide(proposal: Proposal, accepts: bool, by: Actor) -> Request | NotConfirmable:
    require(Act.REQUEST_CONFIRM, by=by, subject=proposal.subject)
    hold_still(proposal.subject)
    found: Request | None = (
        Request.objects.select_for_update().filter(subject=proposal.subject, pk=proposal.request).first()
    )
    waiting = Proposal.objects.select_for_update().filter(subject=proposal.subject, pk=proposal.pk).first()
    if found is None or waiting is None or found.state in ENDED or _is_old(waiting):
        return NotConfirmable()
    value = vault.open(waiting, ["value"], by=by, purpose="correction", because=found.reference)["value"] or ""
    _remove(waiting, found, by=by)
    if not accepts:
        return steps.move(found, State.IN_PROGRESS, reason=Reason.OFFICER, by=by, act=Act.REQUEST_CONFIRM)
    correct(
        found.subject, label=waiting.kind, row=waiting.row, field=waiting.name, value=value, by=by,
        because=found.reference,
    )  # fmt: skip
    if found.reason != Reason.PROPOSED or Proposal.objects.filter(subject=found.subject, request=found.pk).exists():
        return found
    return finish(found, by=by)


def _remove(proposal: Proposal, request: Request, *, by: Actor) -> None:
    """With the links that lead to it."""
    vault.remove(proposal, by=by, because=request.reference)
    named = [f"{request.subject}:{request.pk}", f"{proposal.subject}:{proposal.pk}"]
    Token.objects.filter(subject=proposal.subject, requests=named).delete()


def _is_old(proposal: Proposal) -> bool:
    return proposal.proposed_at + tokens.LASTS < timezone.now()


@transaction.atomic
def finish(request: Request, *, by: Actor) -> Request:
    """What was to be corrected is corrected: in part, where something issued stays as it was. Raises IsOver."""
    beside = Document.objects.filter(subject=request.subject, kind=CORRECTION, issued_at__gte=request.asked_at)
    state, reason = (State.PARTLY_FULFILLED, Reason.STAYS_AS_ISSUED) if beside.exists() else (State.FULFILLED, None)
    receipt = links.to_receipt(request.subject, request.pk)
    wording = letters.RequestEnded(request.number, request.right, state, reason or "", "", request.law, receipt)
    told = write([request.subject], wording, language=request.language)
    request = steps.move(request, state, reason=reason, by=by, answer=told)
    close_conversation(request, by=by)
    return request


def expire_due() -> int:
    """Silence is no yes: what nobody answered in seven days goes, and so does what a request that is over left behind.
    Returns how many."""
    over = Request.objects.filter(state__in=ENDED).values("pk")
    old = Proposal.objects.filter(Q(proposed_at__lt=timezone.now() - tokens.LASTS) | Q(request__in=over))
    return failing.each(put_away, list(old))


@transaction.atomic
def put_away(proposal: Proposal) -> bool:
    """Nobody says yes or no to it any more: it goes, and staff go on with its request. Whether it was still there."""
    hold_still(proposal.subject)
    found = Request.objects.select_for_update().filter(subject=proposal.subject, pk=proposal.request).first()
    left = Proposal.objects.filter(subject=proposal.subject, pk=proposal.pk).first()
    if left is None:
        return False
    if found is None:
        vault.remove(left, by=BY)
        return True
    _remove(left, found, by=BY)
    others = Proposal.objects.filter(subject=found.subject, request=found.pk).exists()
    if found.reason == Reason.PROPOSED and found.state not in ENDED and not others:
        steps.move(found, State.IN_PROGRESS, reason=Reason.OFFICER, by=BY)
    return True
