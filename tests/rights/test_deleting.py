"""One thing is deleted by itself: an order down to what the books keep, a conversation, a letter's record, a request
that is over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from tests.orders.conftest import Shop, fresh, processor, shop, staff, started, typed
from tests.people import Person
from tests.rights.conftest import Planted
from tests.rights.requesting import CONFIRM, ask, last, officer, secret
from tests.rights.test_waiting import staffed
from upheld import ledger, vault
from upheld.contact import outbox
from upheld.contact.models import Letter
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Message
from upheld.orders import verbs as orders
from upheld.orders.models import Order, Shipment
from upheld.orders.states import State
from upheld.orders.sums import sums_of
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.rights import verbs
from upheld.rights.corrections import correcting, proposing
from upheld.rights.erasure import deleting
from upheld.rights.erasure.deleting import ItemReceipt, NotDeletable
from upheld.rights.errors import NotHeld
from upheld.rights.models import Proposal, Request, RequestStep, Right
from upheld.rights.papers import receipts
from upheld.rights.reasons import Reason
from upheld.vault import holding, trimming
from upheld.vault.models import Lookup, Notice

__all__ = ["processor", "shop", "started", "typed"]

Letters = Callable[[], list[EmailMessage]]
commits = pytest.mark.django_db(transaction=True, databases="__all__")


def delete(row: vault.AboutPerson, by: Actor | None = None) -> ItemReceipt | NotDeletable:
    return verbs.delete_item(row.subject, label=row.label(), row=row.pk, by=by or Actor.person(row.subject))


def delivered(shop: Shop, person: Person) -> Order:
    order = shop.placed("guide", who=person, email="other@example.org")
    by = staff(order)
    orders.pack(order, by=by)
    orders.ship(order, by=by, tracking="CANARY123")
    orders.deliver(fresh(order), by=by)
    return fresh(order)


@commits
def test_an_order_goes_but_for_what_the_books_keep(shop: Shop, person: Person) -> None:
    order, other = delivered(shop, person), shop.placed("export", who=person)
    assert verbs.can_delete(order) == ""
    sums = sums_of(order)
    receipt = delete(order)
    assert isinstance(receipt, ItemReceipt)
    assert receipt.found == 0
    assert [(kept.label, sorted(kept.titles[:2])) for kept in receipt.kept] == [("order", ["Country", "Name"])]
    left = fresh(order)
    assert set(left.held()) == {"name", "country"}
    assert left.email_digest is None
    [shipment] = Shipment.objects.of(order)
    assert (shipment.held(), shipment.carrier_id) == ({}, "")
    assert not Lookup.objects.filter(subject=person.subject, row__in=[order.pk, shipment.pk]).exists()
    told = set(Notice.objects.filter(subject=person.subject).values_list("recipient", "because", "reason"))
    assert ("carrier", order.reference, "erased") in told
    orders.sweep()
    assert (orders.state(left), sums_of(left)) == (State.DELIVERED, sums), "it is still over, and paid for"
    assert "country" in fresh(other).held()
    again = delete(left)
    assert isinstance(again, NotDeletable)
    assert again.sentence == deleting.IN_BOOKS


@commits
def test_an_older_copy_of_it_cannot_be_opened(shop: Shop, person: Person) -> None:
    """It was the last thing of its class."""
    order = delivered(shop, person)
    before = {each.retention for each in order.envelopes()}
    delete(order)
    assert not trimming.holds_more(fresh(order))
    assert before - {each.retention for each in fresh(order).envelopes()} == {"account"}
    assert vault.open(fresh(order), ["name", "city"], by=person.me, purpose="access")["city"] is None


@commits
def test_an_open_order_is_settled_first_and_a_draft_goes(shop: Shop, person: Person) -> None:
    order, draft = shop.placed("guide", who=person), shop.drafted("export", who=person)
    answer = delete(order)
    assert not answer
    assert isinstance(answer, NotDeletable)
    assert answer.sentence == deleting.OPEN_ORDER
    assert fresh(order).held().keys() > {"name", "country"}
    receipt = delete(draft)
    assert isinstance(receipt, ItemReceipt)
    assert (receipt.kept, receipt.found) == ((), 0)
    orders.cancel(order, by=person.me)
    assert isinstance(delete(order), ItemReceipt)
    assert orders.state(fresh(order)) == State.CANCELLED


def test_a_conversation_goes_with_all_that_was_said(ann: Planted) -> None:
    found = conversations.begin(
        ann.subject, reason="support", title="Canary", text="Canary words", language="en", by=ann.by
    )
    message = Message.objects.get(subject=ann.subject)
    assert "Delete the conversation" in verbs.can_delete(message)
    receipt = delete(found)
    assert isinstance(receipt, ItemReceipt)
    assert receipt.found == 0
    assert not Message.objects.exists()


def test_a_letters_record_goes_with_its_copy(ann: Planted, letters: Letters) -> None:
    ask([Right.ERASURE])
    letter = Letter.objects.get(subject=ann.subject)
    assert outbox.place(letter.pk).exists()
    Letter.objects.update(due_at=letter.at)
    refused = delete(letter)
    assert isinstance(refused, NotDeletable)
    assert refused.sentence == deleting.UNDER_WAY
    Letter.objects.update(due_at=None)
    assert isinstance(delete(letter), ItemReceipt)
    assert not outbox.place(letter.pk).exists()
    assert not Letter.objects.exists()


def test_a_request_goes_once_it_is_over(ann: Planted, letters: Letters) -> None:
    [request] = ask([Right.ACCESS])
    refused = delete(request)
    assert isinstance(refused, NotDeletable)
    assert refused.sentence == deleting.OPEN_REQUEST
    verbs.disown(secret(CONFIRM, last(letters)), by=Actor.visitor())
    assert isinstance(delete(request), ItemReceipt)
    assert not Request.objects.exists()
    assert not RequestStep.objects.exists()


def test_it_leaves_a_receipt_that_holds(ann: Planted, letters: Letters) -> None:
    ask([Right.ERASURE])
    answer = delete(Letter.objects.get(subject=ann.subject))
    assert isinstance(answer, ItemReceipt)
    receipt = deleting.receipt(ann.subject, answer.entry)
    assert receipts.verify(receipt.text.encode(), ledger.verifier_key()).clean
    assert not any(value in receipt.text for value in ann.values.values())


def test_nothing_is_deleted_while_a_hold_stands(ann: Planted, letters: Letters) -> None:
    ask([Right.ERASURE])
    letter = Letter.objects.get(subject=ann.subject)
    until = datetime.now(UTC).date() + timedelta(days=2)
    hold = holding.place(ann.subject, reason="claim", until=until, by=staffed(ann))
    refused = delete(letter)
    assert isinstance(refused, NotDeletable)
    assert f"{until:%-d %B %Y}" in refused.sentence
    holding.release(hold, by=Actor.system("holds"))
    assert isinstance(delete(letter), ItemReceipt)


def test_nobody_deletes_what_is_another_persons(ann: Planted, bob: Planted, letters: Letters) -> None:
    ask([Right.ERASURE])
    letter = Letter.objects.get(subject=ann.subject)
    with pytest.raises(Refused):
        delete(letter, by=bob.by)
    with pytest.raises(NotHeld):
        verbs.delete_item(bob.subject, label="letter", row=letter.pk, by=bob.by)
    with pytest.raises(NotHeld):
        verbs.delete_item(ann.subject, label="nonsense", row=letter.pk, by=ann.by)


def test_every_kind_of_row_says_where_it_goes_or_why_it_stays(ann: Planted) -> None:
    """Each row of each model can be deleted by itself, or has a sentence that says what to do instead."""
    for model in vault.people():
        sentence = deleting.can_delete(model(subject=ann.subject)) if model.label() not in DELETABLE else ""
        assert bool(sentence) == (model.label() not in DELETABLE), model.label()


DELETABLE = {"conversation", "issued", "letter", "order", "request"}


@commits
def test_an_order_that_nobody_can_read_goes_as_well(shop: Shop, person: Person) -> None:
    order = delivered(shop, person)
    Order.objects.filter(pk=order.pk).update(sealed=b"\x01damaged")
    receipt = delete(order)
    assert isinstance(receipt, ItemReceipt)
    assert (receipt.kept, receipt.found, fresh(order).held()) == ((), 0, {})


@commits
def test_a_correction_at_the_same_moment_brings_nothing_back(
    shop: Shop, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, read = delivered(shop, person), correcting.acceptable

    def deleted_meanwhile(datum: str, value: str) -> str:
        assert delete(order)
        return read(datum, value)

    monkeypatch.setattr(correcting, "acceptable", deleted_meanwhile)
    with pytest.raises(NotHeld):
        verbs.correct(order.subject, label="order", row=order.pk, field="city", value="Canaryville", by=person.me)
    assert set(fresh(order).held()) == {"name", "country"}


@commits
def test_a_correction_that_was_proposed_for_it_goes_too(shop: Shop, person: Person) -> None:
    order = delivered(shop, person)
    [asked] = verbs.ask([person.subject], [Right.RECTIFICATION], way="site", by=person.me)
    proposing.propose(asked, label="order", row=order.pk, field="city", value="Canaryville", by=officer(asked))
    gone = delete(order)
    assert isinstance(gone, ItemReceipt)
    assert gone.found == 0
    assert not Proposal.objects.exists()
    assert Request.objects.get(pk=asked.pk).reason == Reason.OFFICER
