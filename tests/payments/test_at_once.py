"""Two browser tabs, a double click, a webhook in the middle: a charge happens once all the same."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F

from tests.accounts.test_at_once import at_once
from tests.payments.conftest import Typed
from tests.payments.people import CHALLENGED, Buyer, buyer, say_at_the_bank
from upheld import ledger
from upheld.payments import verbs
from upheld.payments.models import Card, Instruction, Movement, Payment
from upheld.payments.processor import Event
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(processor: Sandbox, typed: Typed) -> Buyer:
    return buyer(typed)


def events(processor: Sandbox) -> list[Event]:
    return [Event(each["id"], each["charge"], each["kind"]) for each in processor.events()]


def test_a_form_sent_many_times_at_once_is_one_charge(ada: Buyer, processor: Sandbox) -> None:
    order = uuid4()
    answers = at_once(*[lambda: ada.pay(pays_for=order)] * 5)
    assert all(isinstance(answer, verbs.Authorised | verbs.Unanswered) for answer in answers)
    Instruction.objects.update(asked_at=F("asked_at") - timedelta(minutes=1))  # where none came in time
    verbs.recover()
    assert len(list(processor.charges())) == Payment.objects.count() == Instruction.objects.count() == 1
    assert Movement.objects.count() == 1
    assert verbs.reconcile().differences == []


def test_money_that_many_take_at_once_is_taken_once(ada: Buyer) -> None:
    payment = ada.paid(1000)
    answers = at_once(*[lambda: verbs.capture(payment, amount=600, by=ada.me)] * 4)
    assert [bool(answer) for answer in answers].count(True) == 1
    assert payment.totals.captured == 600
    answers = at_once(*[lambda: verbs.give_back(payment, amount=400, by=ada.me)] * 4)
    assert [bool(answer) for answer in answers].count(True) == 1
    assert payment.totals.refunded == 400
    assert verbs.reconcile().differences == []


def test_what_is_taken_and_released_at_once_is_one_of_the_two(ada: Buyer) -> None:
    payment = ada.paid(1000)
    at_once(
        lambda: verbs.capture(payment, amount=1000, by=ada.me),
        lambda: verbs.release(payment, by=ada.me),
    )
    totals = payment.totals
    assert totals.captured + totals.released == 1000
    assert verbs.reconcile().differences == []


def test_an_event_that_comes_many_times_at_once_counts_once(processor: Sandbox, typed: Typed) -> None:
    ada = buyer(typed, CHALLENGED)
    challenged = ada.pay()
    say_at_the_bank(processor, challenged.url, "confirm")
    event = events(processor)[-1]
    answers = at_once(*[lambda: verbs.take_event(event)] * 3, lambda: verbs.look_again(challenged.payment, by=ada.me))
    assert sum(isinstance(answer, verbs.News) and bool(answer.kinds) for answer in answers) <= 1
    assert Movement.objects.count() == 1
    recorded = ledger.Entry.objects.filter(act=Act.PAYMENT_RECORD)
    assert [entry.facts.get("amount") for entry in recorded.order_by("id")] == [None, 1999]


def test_a_token_sent_many_times_at_once_is_one_card(ada: Buyer, typed: Typed) -> None:
    token = typed()
    answers = at_once(*[lambda: verbs.add_card(ada.subject, token=token, source="account", by=ada.me)] * 4)
    assert len({answer.pk for answer in answers}) == 1
    assert Card.objects.count() == 2
