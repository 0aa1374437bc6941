"""Each kind of case is there while its real thing is, and staff do on it what they do."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.orders.conftest import BERLIN, DECLINES_LATER, Shop, fresh
from tests.orders.test_refund_failed import sent_back
from tests.people import Person
from tests.rights.requesting import MAILBOX
from tests.working import member, on_case
from upheld import vault
from upheld.cases import kinds, sweeping, taking
from upheld.cases.models import Case
from upheld.conversations import verbs as conversations
from upheld.conversations.models import Conversation
from upheld.orders import verbs as orders
from upheld.orders.models import Order, Trouble
from upheld.payments.models import Payment
from upheld.payments.sandbox.client import Sandbox
from upheld.rights import verbs as rights
from upheld.rights.models import MadeUp, Request, Right, State

pytestmark = pytest.mark.django_db

Letters = Callable[[], list[Any]]


def waiting(kind: str) -> list[UUID]:
    return [each.about for each in kinds.matters(kind)]


def trouble_of(order: Order) -> Trouble:
    return Trouble.objects.of(order).get(ended_at=None)


def talk(person: Person, text: str = "Where is it?") -> Conversation:
    by = person.me
    return conversations.begin(person.subject, title="", text=text, reason="order", by=by, acknowledged=False)


def test_a_conversation_until_it_is_closed_and_when_they_write_again(person: Person) -> None:
    first, second = talk(person), talk(person)
    assert waiting("conversation") == [first.pk, second.pk]
    case, by = on_case(member("support"), "conversation", first.pk)
    conversations.answer(first, text="On its way.", by=by)
    assert waiting("conversation") == [second.pk, first.pk]  # who waits for us comes first
    conversations.close(first, by=by)
    assert waiting("conversation") == [second.pk]
    assert not kinds.is_open(case)
    conversations.add(first, title="", text="Not yet here", by=person.me)
    assert waiting("conversation") == [second.pk, first.pk]


def test_a_parcel_until_it_is_shipped(shop: Shop, person: Person) -> None:
    order = shop.placed("guide", who=person)
    assert waiting("shipment") == [order.pk]
    case, by = on_case(member("shipping"), "shipment", order.pk)
    orders.pack(order, by=by)
    assert waiting("shipment") == [order.pk]
    orders.ship(order, by=by, tracking="RR123456785DE")
    assert waiting("shipment") == []
    assert not kinds.is_open(case)


def test_a_lost_parcel_until_the_address_is_mended(shop: Shop, person: Person) -> None:
    order = shop.placed("guide", who=person)
    clerk = member("shipping")
    orders.trouble(order, kind="undeliverable", reason="address", by=on_case(clerk, "shipment", order.pk)[1])
    assert (waiting("shipment"), waiting("lost_parcel")) == ([], [order.pk])
    assert kinds.matter("lost_parcel", order.pk, order.subject) == next(kinds.matters("lost_parcel"))
    orders.mend_address(trouble_of(order), details=BERLIN | {"city": "Potsdam"}, by=person.me)
    assert (waiting("shipment"), waiting("lost_parcel")) == ([order.pk], [])


def test_an_order_in_trouble_until_it_is_cancelled(shop: Shop, person: Person) -> None:
    order = shop.placed("guide", who=person)
    clerk = member("support")
    case = taking.start(
        "order_trouble", order.pk, subject=order.subject, number=order.number, reason="asked_by_person", by=clerk
    )
    assert waiting("order_trouble") == [order.pk]
    orders.trouble(order, kind="out_of_stock", reason="guide", by=taking.acts_as(clerk, case))
    taking.close(case, by=clerk)
    assert waiting("order_trouble") == [order.pk]
    orders.cancel(order, by=person.me)
    assert waiting("order_trouble") == []


def test_a_declined_payment_until_another_card_pays(shop: Shop, person: Person) -> None:
    order = shop.drafted("guide", who=person, number=DECLINES_LATER)
    shop.place(order, by=person.me)
    assert waiting("payment_trouble") == [order.pk]
    orders.mend_card(trouble_of(fresh(order)), card_token=shop.typed(), by=person.me)
    assert waiting("payment_trouble") == []


def test_a_dispute_until_the_bank_ends_it(shop: Shop, person: Person, processor: Sandbox) -> None:
    order = shop.placed("export", who=person)
    charge = Payment.objects.get(pays_for=order.pk).processor_id
    processor.steer(f"charges/{charge}/dispute")
    orders.carry_on(order, by=person.me)
    assert waiting("dispute") == [order.pk]
    processor.steer(f"charges/{charge}/dispute/close", outcome="won")
    orders.carry_on(order, by=person.me)
    assert waiting("dispute") == []


def test_a_refund_that_came_back_until_it_is_made_again(shop: Shop, person: Person) -> None:
    order = shop.placed("export", who=person)
    clerk = member("billing")
    case = taking.start("refund", order.pk, subject=order.subject, number=order.number, reason="goodwill", by=clerk)
    orders.refund(order, amount=200, by=taking.acts_as(clerk, case), reason="late")
    taking.close(case, by=clerk)
    assert waiting("refund") == []
    sent_back(order, 200)
    assert waiting("refund") == [order.pk]
    case, by = on_case(clerk, "refund", order.pk)
    orders.refund(order, amount=200, by=by)
    assert waiting("refund") == []
    assert not kinds.is_open(case)


def asked(person: Person, right: Right) -> Request:
    """What they wrote rests in a conversation, as when it comes by letter."""
    if right == Right.CONCERN:
        found = rights.raise_concern(person.subject, text="You sold it.", way="letter", by=MAILBOX)
    else:
        about = conversations.begin(
            person.subject, title="", text="Delete me", reason="rights", by=person.me, acknowledged=False
        )
        (found,) = rights.ask([person.subject], [right], way="letter", by=MAILBOX, conversation=about.pk)
    return Request.objects.get(subject=found.subject, pk=found.pk)


@pytest.mark.parametrize(("kind", "right"), [("rights_request", Right.ERASURE), ("concern", Right.CONCERN)])
def test_a_request_until_it_is_ended_and_when_they_write_again(
    kind: str, right: Right, person: Person, letters: Letters
) -> None:
    request = asked(person, right)
    Request.objects.filter(pk=request.pk).update(state=State.NEED_VERIFICATION)
    assert waiting(kind) == []
    Request.objects.filter(pk=request.pk).update(state=State.IN_PROGRESS)
    assert waiting(kind) == [request.conversation]
    assert waiting("conversation") == []
    assert request.conversation
    case, by = on_case(member("privacy"), kind, request.conversation)
    rights.end(request, state=State.DENIED, reason="no_match", outcome="Nothing was there.", by=by)
    assert waiting(kind) == []
    assert not kinds.is_open(case)
    sweeping.settle()
    about = Conversation.objects.get(pk=request.conversation)
    conversations.add(about, title="", text="But there is", by=person.me)
    assert waiting(kind) == [request.conversation]
    case, by = on_case(member("privacy"), kind, request.conversation)
    conversations.close(about, by=by)
    assert waiting(kind) == []


def test_a_letter_of_two_people_is_a_case_of_each(person: Person) -> None:
    """One address may have made orders apart: what its writer asks is asked for both, on one conversation."""
    request = asked(person, Right.ERASURE)
    other = vault.new_subject()
    Request.objects.filter(pk=request.pk).update(state=State.IN_PROGRESS)
    row = Request.objects.get(pk=request.pk)
    row.pk, row.subject, row.number = vault.new_subject(), other, "R-0000000T"
    row._state.adding, row._subject_read = True, None
    row.save()
    assert request.conversation
    clerk = member("privacy")
    case, _ = on_case(clerk, "rights_request", request.conversation)
    assert case.subject == person.subject
    Request.objects.filter(pk=request.pk).update(state=State.DENIED)
    assert not kinds.is_open(case)  # though the other's is
    again, _ = on_case(clerk, "rights_request", request.conversation)
    assert again.subject == other
    assert taking.open_case("rights_request", request.conversation) == again
    assert sweeping.settle() == 1
    assert list(Case.objects.open()) == [again]


def test_who_was_made_up_by_a_check_waits_for_nobody(person: Person) -> None:
    talk(person)
    MadeUp.objects.create(id=person.subject, made_at=timezone.now())
    assert waiting("conversation") == []


def test_a_queue_is_read_in_a_few_queries(person: Person) -> None:
    def many(start: int, count: int) -> None:
        now = timezone.now()
        rows = [
            {"id": vault.new_subject(), "subject": person.subject, "number": f"N{n}"}
            for n in range(start, start + count)
        ]
        Order.objects.bulk_create(
            Order(**row, currency="EUR", card=row["id"], drafted_at=now, placed_at=now) for row in rows
        )
        for kind in ("declined", "dispute", "out_of_stock", "undeliverable"):
            Trouble.objects.bulk_create(
                Trouble(subject=row["subject"], order=row["id"], kind=kind, found_at=now, ends_at=now) for row in rows
            )
        Conversation.objects.bulk_create(
            Conversation(**row, reason="order", opened_at=now, waiting_since=now) for row in rows
        )
        for kind in ("conversation", "payment_trouble"):
            Case.objects.bulk_create(
                Case(kind=kind, about=row["id"], subject=row["subject"], number=row["number"], opened_at=now)
                for row in rows
            )

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as made:
            for kind in kinds.KINDS:
                list(kinds.matters(kind))
                list(kinds.over(kind))
        return len(made)

    many(0, 3)
    few = queries()
    many(3, 120)
    assert queries() == few
    assert len(waiting("dispute")) == len(waiting("conversation")) == 123
