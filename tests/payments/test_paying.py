"""Money is reserved once, whoever asks how often, and whatever becomes of the answers."""

from uuid import uuid4

import pytest

from tests.payments.conftest import Typed
from tests.payments.line import Line
from tests.payments.people import CHALLENGED, CHARGE_FAILS, Buyer, buyer, say_at_the_bank
from upheld import ledger
from upheld.payments import processors, verbs
from upheld.payments.errors import NotMoney
from upheld.payments.models import Instruction, Payment
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.acts import Act
from upheld.vault.models import Disclosure

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(processor: Sandbox, typed: Typed) -> Buyer:
    return buyer(typed)


@pytest.fixture
def line(processor: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Line:
    line = Line(processor)
    monkeypatch.setattr(processors, "_sandbox", lambda _: line)
    return line


def charges(processor: Sandbox) -> int:
    return len(list(processor.charges()))


def test_a_payment_is_on_record_before_and_after(ada: Buyer) -> None:
    payment = ada.paid(1999)
    assert payment.totals == verbs.Totals(authorised=1999)
    assert payment.outcome == "done"
    entries = ledger.Entry.objects.of(ada.subject).filter(act__startswith="payments:payment")
    assert [(entry.act, entry.facts["kind"], entry.facts["amount"]) for entry in entries.order_by("id")] == [
        (Act.PAYMENT_INSTRUCT, "authorise", 1999), (Act.PAYMENT_RECORD, "authorise", 1999)
    ]  # fmt: skip
    handed = Disclosure.objects.get(because=payment.reference)
    assert (handed.recipient, handed.fields, handed.purpose) == ("processor", ["card"], "billing")


@pytest.mark.parametrize(("amount", "currency"), [(1, "USD"), (1999, "JPY"), (1999, "KWD"), (99_999_999, "EUR")])
def test_amounts_are_whole_minor_units_of_any_currency(ada: Buyer, amount: int, currency: str) -> None:
    payment = ada.paid(amount, currency)
    assert verbs.capture(payment, amount=amount, by=ada.me)
    assert (payment.totals.captured, verbs.reconcile().differences) == (amount, [])


@pytest.mark.parametrize(("amount", "currency"), [(0, "USD"), (-1, "USD"), (10**15, "USD"), (1, "XTS"), (1, "usd")])
def test_what_is_no_money_is_not_asked_for(ada: Buyer, amount: int, currency: str) -> None:
    with pytest.raises(NotMoney):
        ada.pay(amount, currency)
    assert not Payment.objects.exists()


def test_what_the_processor_will_not_take_is_declined(ada: Buyer) -> None:
    outcome = ada.pay(100_000_000)
    assert (type(outcome), outcome.reason) == (verbs.Declined, "refused")


def test_asked_twice_it_is_one_payment(ada: Buyer, processor: Sandbox) -> None:
    order = uuid4()
    first, second = ada.pay(pays_for=order), ada.pay(pays_for=order)
    assert first == second
    assert charges(processor) == Payment.objects.count() == 1


def test_a_declined_card_can_be_followed_by_another(ada: Buyer, processor: Sandbox, typed: Typed) -> None:
    order, bad = uuid4(), ada.add(typed(CHARGE_FAILS))
    outcome = ada.pay(pays_for=order, card=bad)
    assert (bool(outcome), outcome.reason) == (False, "declined")
    assert "another" in outcome.sentence
    assert ada.pay(pays_for=order)
    assert [payment.outcome for payment in Payment.objects.for_thing(order)] == ["declined", "done"]
    assert verbs.reconcile().differences == []


def test_a_challenge_that_is_passed_authorises(processor: Sandbox, typed: Typed) -> None:
    ada = buyer(typed, CHALLENGED)
    challenged = ada.pay()
    assert isinstance(challenged, verbs.Challenged)
    assert not challenged
    say_at_the_bank(processor, challenged.url, "confirm")
    assert isinstance(verbs.look_again(challenged.payment, by=ada.me), verbs.Authorised)
    assert challenged.payment.totals.reserved == 1999


def test_a_challenge_that_is_refused_declines(processor: Sandbox, typed: Typed) -> None:
    ada = buyer(typed, CHALLENGED)
    challenged = ada.pay()
    say_at_the_bank(processor, challenged.url, "refuse")
    outcome = verbs.look_again(challenged.payment, by=ada.me)
    assert (type(outcome), outcome.reason) == (verbs.Declined, "challenge_failed")


def test_a_challenge_waits_and_gives_way_to_another_card_only(processor: Sandbox, typed: Typed) -> None:
    ada, order = buyer(typed, CHALLENGED), uuid4()
    challenged = ada.pay(pays_for=order)
    assert ada.pay(pays_for=order).url == challenged.url
    assert ada.pay(pays_for=order, card=ada.add(typed()))
    assert [payment.outcome for payment in Payment.objects.for_thing(order)] == ["cancelled", "done"]
    assert verbs.reconcile().differences == []


def test_nobody_there_cannot_be_challenged(processor: Sandbox, typed: Typed) -> None:
    ada = buyer(typed, CHALLENGED)
    outcome = ada.pay(off_session=True)
    assert (type(outcome), outcome.reason) == (verbs.Declined, "challenge_failed")


def test_a_charge_whose_answer_is_lost_is_found(ada: Buyer, line: Line) -> None:
    line.loses = ["answer"]
    assert isinstance(ada.pay(), verbs.Authorised)
    assert charges(line.sandbox) == 1


def test_a_request_that_is_lost_is_asked_again_with_its_key(ada: Buyer, line: Line) -> None:
    line.loses = ["request"]
    order = uuid4()
    outcome = ada.pay(pays_for=order)
    assert isinstance(outcome, verbs.Unanswered)
    assert "nothing is charged twice" in outcome.sentence
    line.loses = ["answer"]
    assert isinstance(ada.pay(pays_for=order), verbs.Unanswered)
    assert isinstance(ada.pay(pays_for=order), verbs.Authorised)
    assert charges(line.sandbox) == Payment.objects.count() == Instruction.objects.count() == 1


def test_without_an_answer_no_other_card_is_charged(ada: Buyer, line: Line, typed: Typed) -> None:
    order, other = uuid4(), ada.add(typed())
    line.is_down = True
    assert isinstance(ada.pay(pays_for=order), verbs.Unanswered)
    assert isinstance(ada.pay(pays_for=order, card=other), verbs.Unanswered)
    assert Payment.objects.count() == 1


def test_a_card_that_the_processor_forgot_is_to_be_typed_again(ada: Buyer, processor: Sandbox) -> None:
    processor.forget(ada.card.reference, key="forget")
    outcome = ada.pay()
    assert (type(outcome), outcome.reason) == (verbs.Declined, "card_unknown")


def test_what_was_released_can_be_paid_again(ada: Buyer) -> None:
    order = uuid4()
    first = ada.pay(pays_for=order)
    assert verbs.release(first.payment, by=ada.me)
    second = ada.pay(pays_for=order)
    assert second
    assert second.payment.attempt == 2
