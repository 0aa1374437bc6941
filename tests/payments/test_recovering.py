"""What was left open is finished by asking again, and happens once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.payments.conftest import Typed
from tests.payments.line import Line
from tests.payments.people import CHALLENGED, Buyer, buyer, committed, say_at_the_bank
from upheld.payments import processors, verbs, watchers
from upheld.payments.models import Instruction, Payment
from upheld.payments.sandbox.client import Sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(processor: Sandbox, typed: Typed) -> Buyer:
    return buyer(typed)


@pytest.fixture
def line(processor: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Line:
    line = Line(processor)
    monkeypatch.setattr(processors, "_sandbox", lambda _: line)
    return line


def let_pass(time: timedelta = timedelta(minutes=1)) -> None:
    Instruction.objects.unanswered().update(asked_at=timezone.now() - time)


def test_what_was_just_asked_is_left_to_who_asked_it(ada: Buyer, line: Line) -> None:
    line.loses = ["request"]
    ada.pay()
    assert verbs.recover() == 0


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_everything_that_had_no_answer_is_done_once(ada: Buyer, line: Line, lost: str) -> None:
    line.loses = [lost]
    ada.pay(1000)
    payment = Payment.objects.get()
    let_pass()
    verbs.recover()
    for verb in (
        lambda: verbs.capture(payment, amount=600, by=ada.me),
        lambda: verbs.give_back(payment, amount=100, by=ada.me),
        lambda: verbs.release(payment, by=ada.me),
    ):
        line.loses = [lost]
        assert isinstance(verb(), verbs.Unanswered)
        let_pass()
        assert (verbs.recover(), verbs.recover()) == (1, 0)
    assert payment.totals == verbs.Totals(authorised=1000, captured=600, released=400, refunded=100)
    assert verbs.reconcile().differences == []


def test_a_processor_that_is_down_is_not_asked_for_everything(ada: Buyer, line: Line) -> None:
    line.is_down = True
    for _ in range(8):
        ada.pay()
    let_pass()
    line.asked.clear()
    assert verbs.recover() == 0
    assert len(line.asked) == 5
    line.is_down = False
    assert verbs.recover() == 8


def test_a_challenge_whose_webhook_is_lost_is_looked_at(processor: Sandbox, typed: Typed) -> None:
    challenged = buyer(typed, CHALLENGED).pay()
    say_at_the_bank(processor, challenged.url, "confirm")
    assert verbs.recover() == 0
    Instruction.objects.update(answered_at=timezone.now() - timedelta(minutes=16))
    assert (verbs.recover(), verbs.recover()) == (1, 0)
    assert challenged.payment.outcome == "done"


def test_a_challenge_that_still_waits_is_looked_at_now_and_then(processor: Sandbox, typed: Typed) -> None:
    challenged = buyer(typed, CHALLENGED).pay()
    Instruction.objects.update(answered_at=timezone.now() - timedelta(minutes=16))
    assert (verbs.recover(), verbs.recover()) == (1, 0)
    assert challenged.payment.outcome == "challenged"


def test_when_keys_are_forgotten_nothing_is_asked_anew(ada: Buyer, line: Line) -> None:
    payment = ada.paid(1000)
    for lost in ("request", "answer"):
        line.loses = [lost]
        verbs.capture(payment, amount=300, by=ada.me)
    let_pass(timedelta(hours=21))
    line.asked.clear()
    assert verbs.recover() == 2
    assert set(line.asked) == {"fetch"}
    assert payment.totals == verbs.Totals(authorised=1000, captured=300)
    assert sorted(each.outcome for each in Instruction.objects.filter(kind="capture")) == ["done", "lapsed"]
    assert verbs.capture(payment, amount=700, by=ada.me)


def test_a_refund_that_never_was_is_told_so_that_it_is_asked_anew(
    ada: Buyer, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[frozenset[str]] = []
    payment = ada.paid(1000)
    verbs.capture(payment, amount=1000, by=ada.me)
    monkeypatch.setattr(watchers, "_watchers", [lambda _, kinds: told.append(kinds)])
    for lost in ("answer", "request"):
        line.loses = [lost]
        verbs.give_back(payment, amount=200, by=ada.me)
        let_pass(timedelta(hours=21))
        committed(verbs.recover)
    assert told == [{"refund"}, {"refused"}]
    outcomes = Instruction.objects.filter(kind="refund").order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["done", "lapsed"]


def test_a_charge_that_the_processor_will_not_show_is_an_open_question(ada: Buyer, line: Line) -> None:
    line.loses = ["request"]
    payment = ada.pay().payment
    line.hides = {payment.reference}
    assert isinstance(verbs.look_again(payment, by=ada.me), verbs.Unanswered)
    line.loses = ["request"]
    assert isinstance(ada.pay(pays_for=payment.pays_for), verbs.Unanswered)


def test_what_cannot_be_asked_again_keeps_no_other_waiting(
    ada: Buyer, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.is_down = True
    payments = [ada.pay().payment for _ in range(8)]
    let_pass()
    line.is_down, line.hides = False, {each.reference for each in payments[:6]}
    assert verbs.recover() == 2
    line.hides = set()
    Payment.objects.filter(pk=payments[0].pk).update(processor="gone")  # the settings do not reach it any more
    assert verbs.recover() == 5


def test_a_charge_that_never_was_lapses(ada: Buyer, line: Line) -> None:
    line.loses = ["request"]
    payment = ada.pay().payment
    let_pass(timedelta(hours=21))
    verbs.recover()
    assert payment.outcome == "lapsed"
    assert verbs.Declined(payment, "lapsed").sentence.startswith("The payment processor did not answer in time.")
    assert list(line.sandbox.charges()) == []


def test_without_the_card_a_charge_is_found_but_not_made(ada: Buyer, line: Line) -> None:
    line.loses = ["request"]
    payment = ada.pay().payment
    verbs.remove_card(ada.card, by=ada.me)
    let_pass()
    verbs.recover()
    assert payment.outcome == "card_unknown"
