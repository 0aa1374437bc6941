"""What is reserved is taken, released and given back, never more than there is."""

import pytest

from tests.payments.conftest import Typed
from tests.payments.line import Line
from tests.payments.people import CAPTURE_FAILS, CHALLENGED, Buyer, buyer
from upheld.payments import processors, verbs
from upheld.payments.errors import NotMoney
from upheld.payments.models import Card, Instruction, Movement
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor
from upheld.policy.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(processor: Sandbox, typed: Typed) -> Buyer:
    return buyer(typed)


@pytest.fixture
def line(processor: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Line:
    line = Line(processor)
    monkeypatch.setattr(processors, "_sandbox", lambda _: line)
    return line


def test_what_is_reserved_is_taken_given_back_and_released(ada: Buyer) -> None:
    payment = ada.paid(1999)
    assert verbs.capture(payment, amount=1000, by=ada.me)
    assert verbs.capture(payment, amount=500, by=ada.me)
    assert verbs.give_back(payment, amount=500, by=ada.me)
    assert verbs.release(payment, by=ada.me)
    assert payment.totals == verbs.Totals(authorised=1999, captured=1500, released=499, refunded=500)
    assert verbs.reconcile().differences == []


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (lambda p, by: verbs.capture(p, amount=2000, by=by), "No more than $19.99 of this payment can still be taken."),
        (lambda p, by: verbs.give_back(p, amount=1, by=by), "Nothing of this payment is left to give back."),
    ],
)
def test_more_than_there_is_is_refused(ada: Buyer, verb: object, said: str) -> None:
    refused = verb(ada.paid(1999), ada.me)
    assert isinstance(refused, verbs.Refused)
    assert (bool(refused), refused.sentence) == (False, said)
    assert Movement.objects.count() == 1


def test_what_is_released_is_gone(ada: Buyer) -> None:
    payment = ada.paid()
    assert verbs.release(payment, by=ada.me)
    assert not verbs.release(payment, by=ada.me)
    assert not verbs.capture(payment, amount=1, by=ada.me)


def test_a_challenge_can_be_called_off(processor: Sandbox, typed: Typed) -> None:
    ada = buyer(typed, CHALLENGED)
    payment = ada.pay().payment
    assert verbs.release(payment, by=ada.me)
    assert (payment.outcome, payment.totals) == ("cancelled", verbs.Totals())
    assert not verbs.release(payment, by=ada.me)


@pytest.mark.parametrize("amount", [0, -5])
def test_nothing_cannot_be_moved(ada: Buyer, amount: int) -> None:
    payment = ada.paid()
    for verb in (verbs.capture, verbs.give_back):
        with pytest.raises(NotMoney):
            verb(payment, amount=amount, by=ada.me)


def test_a_card_that_is_declined_when_the_money_is_taken_says_why(processor: Sandbox, typed: Typed) -> None:
    ada = buyer(typed, CAPTURE_FAILS)
    payment = ada.paid()
    refused = verbs.capture(payment, amount=1999, by=ada.me)
    assert isinstance(refused, verbs.Refused)
    assert refused.reason == "insufficient_funds"
    assert "not enough money" in refused.sentence
    assert payment.totals == verbs.Totals(authorised=1999, released=1999)
    assert Card.objects.get(pk=ada.card.pk).declined_at is None  # the next charge may well be paid
    assert verbs.reconcile().differences == []


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_without_an_answer_it_counts_as_done_until_it_is_known(ada: Buyer, line: Line, lost: str) -> None:
    payment = ada.paid(1000)
    line.loses = [lost]
    assert isinstance(verbs.capture(payment, amount=700, by=ada.me), verbs.Unanswered)
    assert isinstance(verbs.capture(payment, amount=700, by=ada.me), verbs.Unanswered)
    assert verbs.capture(payment, amount=300, by=ada.me)
    assert not verbs.release(payment, by=ada.me)
    assert Instruction.objects.unanswered().count() == 1


def test_an_authorisation_that_ended_by_itself_is_seen_when_it_is_taken(ada: Buyer, processor: Sandbox) -> None:
    payment = ada.paid()
    processor.steer("behaviour", clock_ahead_seconds=8 * 24 * 3600)
    refused = verbs.capture(payment, amount=1999, by=ada.me)
    assert isinstance(refused, verbs.Refused)
    assert refused.reason == "refused"
    assert payment.totals == verbs.Totals(authorised=1999, released=1999)


def test_nobody_moves_the_money_of_others(ada: Buyer, typed: Typed) -> None:
    payment, other = ada.paid(), buyer(typed)
    for verb in (verbs.capture, verbs.give_back):
        with pytest.raises(Refused, match="own data only"):
            verb(payment, amount=1, by=other.me)
    with pytest.raises(Refused, match="not for the actor operator"):
        verbs.release(payment, by=Actor.operator())
