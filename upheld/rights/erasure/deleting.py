"""A person deletes one thing of theirs and keeps the rest: an order, a conversation, a build with what it reported, the
record of a letter or of a request that is over.

What a law has us keep of an order stays, cut down to that, until its day; who received something of it is told. With
the last thing of its class goes the class's key. Afterwards the row is read again, and the ledger's entry is the proof.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from upheld import ledger, vault
from upheld.accounts.answers import Refusal
from upheld.builds import possession as builds
from upheld.builds.models import Issued
from upheld.contact.burning import burn_letter
from upheld.contact.models import Letter
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.orders import drafting
from upheld.orders.models import Order, Shipment
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights.corrections.proposing import put_away
from upheld.rights.erasure.planning import Staying, staying_of
from upheld.rights.errors import NotHeld
from upheld.rights.models import ENDED, Proposal, Request, RequestStep
from upheld.rights.papers import receipting
from upheld.rights.papers.receipts import Receipt
from upheld.vault import holding, locking, trimming
from upheld.vault.models import Lookup
from upheld.vault.scrubbing import scrub_after_commit

REQUEST = "request"


@dataclass(frozen=True, slots=True)
class ItemReceipt:
    """One thing was deleted. `entry` is the ledger's, which proves it; `found` counts what the re-reading found of it
    that should not be there."""

    subject: UUID
    label: str
    row: UUID
    entry: UUID
    kept: tuple[Staying, ...]
    found: int


@dataclass(frozen=True, slots=True)
class NotDeletable(Refusal):
    """Why it stays, and what to do instead."""

    sentence: str  # type: ignore[misc]  # what a class variable says of all, this says of one


_WITH_ORDER = "It belongs to an order, and goes with it."
_WITH_CONVERSATION = "It belongs to a conversation. Delete the conversation, and it goes with it."
_WITH_REQUEST = "It belongs to a request. When the request is over, delete that."
_SECURITY = "It belongs to how you sign in. Remove it on the Security page."
_JUDGED = "It says who worked for you and when, by which each opening is judged. It goes with everything else."
_KEPT_WORD = "It is how we keep to what you said. It goes with everything else."
ELSEWHERE: Mapping[str, str] = {
    "account": "It is the account itself. It goes when you delete everything.",
    "address": "Your requests and orders need it. Change it, or delete everything.",
    "attachment": _WITH_CONVERSATION,
    "card": "Remove it on the Cards page.",
    "case": _JUDGED,
    "choice": _KEPT_WORD,
    "document": _WITH_ORDER,
    "draft": "It goes when the answer is sent, or after some days when it is not.",
    "glass": _JUDGED,
    "interest": _KEPT_WORD,
    "line": _WITH_ORDER,
    "message": _WITH_CONVERSATION,
    "passkey": _SECURITY,
    "proposal": _WITH_REQUEST,
    "recovery_code": _SECURITY,
    "request_step": _WITH_REQUEST,
    "reset": _SECURITY,
    "restriction": _KEPT_WORD,
    "session": _SECURITY,
    "shipment": _WITH_ORDER,
    "step": _WITH_ORDER,
    "totp": _SECURITY,
    "trouble": _WITH_ORDER,
    "turn": _JUDGED,
}
ALONE = "It does not stand alone. It goes with what it belongs to, or with everything else."
OPEN_ORDER = "It is not over yet. Cancel it, or wait until it has arrived, and then delete it."
IN_BOOKS = "What is left of it is what a law has us keep. It goes by itself on its day."
OPEN_REQUEST = "It is still open. Take it back, or wait until it is over, and then delete it."
UNDER_WAY = "The letter is still on its way. Its record can be deleted once it has left."
HELD = "A law has us keep it until {0:%-d %B %Y}. Delete it after that day."


def can_delete(row: vault.AboutPerson) -> str:
    """Empty when the person can delete this row by itself; else the sentence that says why not, or where they can."""
    why_not = _WHY_NOT.get(type(row))
    if why_not is None:
        return ELSEWHERE.get(row.label(), ALONE)
    hold = holding.standing(row.subject)
    return HELD.format(hold.until) if hold else why_not(row)


def find(subject: UUID, label: str, row: UUID) -> vault.AboutPerson:
    """Raises NotHeld when there is no such row of theirs."""
    model = next((each for each in vault.people() if each.label() == label), None)
    found = model._base_manager.filter(subject=subject, pk=row).first() if model else None
    if found is None:
        raise NotHeld(label)
    return found


def delete_item(subject: UUID, *, label: str, row: UUID, by: Actor) -> ItemReceipt | NotDeletable:
    """Delete one row with all that belongs to it. Must not run inside a transaction. Raises NotHeld, also for the
    second of two at once; Erased, Refused."""
    require(Act.ROW_REMOVE, by=by, subject=subject)
    with transaction.atomic(durable=True):
        locking.hold_still(subject)
        found = find(subject, label, row)
        type(found)._base_manager.select_for_update().get(subject=subject, pk=row)
        found = find(subject, label, row)  # as it is now that nobody else changes it
        if why_not := can_delete(found):
            return NotDeletable(why_not)
        reference = found.reference
        _DELETE[type(found)](found, by)
        for each in list(vault.rows_on(row, of=subject)):
            vault.remove(each, by=by, because=reference)
    kept = staying_of(subject, row)
    left = sum(count for _, count in read_again(subject, label, row))
    return ItemReceipt(subject, label, row, entry_of(subject, reference).id, kept, left)


def entry_of(subject: UUID, reference: str) -> "ledger.Entry":
    """The newest entry that says that this row of theirs was removed. Raises NotHeld when there is none."""
    removed = ledger.Entry.objects.filter(subject=subject, act=Act.ROW_REMOVE).order_by("-id")
    found = next((each for each in removed.iterator(chunk_size=50) if each.facts["row"] == reference), None)
    if found is None:
        raise NotHeld("the record of what was deleted")
    return found


def receipt(subject: UUID, entry: UUID) -> Receipt:
    """The receipt of one thing that was deleted, by the entry that says so; the row is looked for once more. Raises
    NotHeld when there is no such entry of theirs, NotSequenced for some seconds at most."""
    removed = ledger.Entry.objects.filter(subject=subject, act=Act.ROW_REMOVE, pk=entry).first()
    if removed is None:
        raise NotHeld("the record of what was deleted")
    label, _, row = str(removed.facts["row"]).partition(":")
    found = [f"{count} {what}" for what, count in read_again(subject, label, UUID(row))]
    return receipting.of_item(removed, found=found, kept=staying_of(subject, UUID(row)))


def read_again(subject: UUID, label: str, row: UUID) -> Iterator[tuple[str, int]]:
    """Read once more what was deleted: what is left that should not be, by store."""
    rows = list(_belonging(subject, label, row))
    yield "rows", sum(not _is_cut_down(each) for each in rows)
    yield "look-ups", Lookup.objects.filter(subject=subject, row__in=[row, *(each.pk for each in rows)]).count()


def _belonging(subject: UUID, label: str, row: UUID) -> Iterator[vault.AboutPerson]:
    """The row itself, and those with something sealed that belong to it."""
    with suppress(NotHeld):
        yield find(subject, label, row)
    if label == "order":
        yield from Shipment.objects.filter(subject=subject, order=row)
        yield from _proposals(subject, row)
    yield from vault.rows_on(row, of=subject)
    if label == "request":
        yield from Proposal.objects.filter(subject=subject, request=row)


def _is_cut_down(row: vault.AboutPerson) -> bool:
    """Whether it may still be here: an order in the books, and that a parcel was sent for it."""
    return isinstance(row, Order | Shipment) and not trimming.holds_more(row)


def _why_not_order(row: vault.AboutPerson) -> str:
    assert isinstance(row, Order)  # the table below says so
    if row.placed_at is None:
        return ""
    if Order.objects.filter(subject=row.subject, pk=row.pk).open().exists():
        return OPEN_ORDER
    parcels = Shipment.objects.of(row)
    return "" if any(not _is_cut_down(each) for each in (row, *parcels)) else IN_BOOKS


def _why_not_letter(row: vault.AboutPerson) -> str:
    assert isinstance(row, Letter)
    return UNDER_WAY if row.due_at else ""


def _why_not_request(row: vault.AboutPerson) -> str:
    assert isinstance(row, Request)
    return "" if row.state in ENDED else OPEN_REQUEST


def _delete_order(row: vault.AboutPerson, by: Actor) -> None:
    """What was ordered and paid, and what became of it, stays with what is left: codes and amounts, by which a refund
    that comes later finds its way."""
    assert isinstance(row, Order)
    if row.placed_at is None:
        drafting.drop(row)
        return
    for shipment in Shipment.objects.of(row):
        trimming.trim(shipment, by=by, because=row.reference)
        Shipment.objects.filter(subject=row.subject, pk=shipment.pk).update(carrier_id="")
    trimming.trim(row, by=by, because=REQUEST)
    for proposal in _proposals(row.subject, row.pk):
        put_away(proposal)


def _proposals(subject: UUID, order: UUID) -> "QuerySet[Proposal]":
    """Corrections that were put to the person, of the order and of its parcels."""
    parcels = Shipment.objects.filter(subject=subject, order=order).values("pk")
    return Proposal.objects.filter(Q(row=order) | Q(row__in=parcels), subject=subject)


def _delete_conversation(row: vault.AboutPerson, by: Actor) -> None:
    assert isinstance(row, Conversation)
    conversations.remove(row, by=by)


def _delete_build(row: vault.AboutPerson, by: Actor) -> None:
    """With all that it reported, and it reports no more. One that was handed on is other people's: only that it was
    given to this person is deleted."""
    assert isinstance(row, Issued)
    builds.forget_one(row)
    _remove(row, by)


def _delete_letter(row: vault.AboutPerson, by: Actor) -> None:
    """With its copy in the folder, once nobody can take this back any more."""
    transaction.on_commit(partial(burn_letter, row.pk))
    _drop(row, by)


def _delete_request(row: vault.AboutPerson, by: Actor) -> None:
    for proposal in Proposal.objects.filter(subject=row.subject, request=row.pk):
        vault.remove(proposal, by=by, because=row.reference)
    RequestStep.objects.filter(subject=row.subject, request=row.pk).delete()
    _drop(row, by)


def _drop(row: vault.AboutPerson, by: Actor) -> None:
    """A row with nothing sealed."""
    holding.refuse_to_let_go(row.subject)
    row.delete()
    ledger.append(Act.ROW_REMOVE, by=by, subject=row.subject, facts={"row": row.reference, "because": REQUEST})
    scrub_after_commit()


Asked = Callable[[vault.AboutPerson], str]
Verb = Callable[[vault.AboutPerson, Actor], None]
_WHY_NOT: dict[type[vault.AboutPerson], Asked] = {
    Conversation: lambda row: "",
    Issued: lambda row: "",
    Letter: _why_not_letter,
    Order: _why_not_order,
    Request: _why_not_request,
}
_DELETE: dict[type[vault.AboutPerson], Verb] = {
    Conversation: _delete_conversation,
    Issued: _delete_build,
    Letter: _delete_letter,
    Order: _delete_order,
    Request: _delete_request,
}


def let_go(model: type[vault.Personal], *, unless: Asked) -> None:
    """From here on people delete rows of this model, of a room above this one, by themselves, unless the function says
    in a sentence why not."""
    _WHY_NOT[model] = unless
    _DELETE[model] = _remove


def _remove(row: vault.AboutPerson, by: Actor) -> None:
    assert isinstance(row, vault.Personal)
    vault.remove(row, by=by, because=REQUEST)
