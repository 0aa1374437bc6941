"""Whatever is asked, lost, asked again, told late or twice: never more given back than taken, nor taken than reserved,
one charge for one thing, and books that agree with the processor's. Tried at random over the real sandbox."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.payments.conftest import Typed
from tests.payments.line import Line
from tests.payments.people import CHALLENGED, FINE, Buyer, buyer, committed, say_at_the_bank
from upheld.payments import processors, verbs, watchers
from upheld.payments.errors import ProcessorRefused
from upheld.payments.models import Instruction, Movement, Payment
from upheld.payments.processor import Event
from upheld.payments.sandbox.client import Sandbox

pytestmark = pytest.mark.django_db

NUMBERS = st.integers(0, 99)  # which one, counted round
AMOUNTS = st.integers(1, 400)
LOST = st.sampled_from(["", "", "request", "answer"])  # on the line, of the next write
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "USD"])


class Shop(RuleBasedStateMachine):
    """One person, two cards (one whose bank asks), any number of things to pay for."""

    def __init__(self, line: Line, typed: Typed, told: set[tuple[UUID, str]]) -> None:
        super().__init__()
        line.loses.clear()
        line.sandbox.steer("reset")
        line.sandbox.steer("behaviour", held=1, doubled=0, delayed=0)
        self.began, self.line, self.told = timezone.now(), line, told
        self.ada: Buyer = buyer(typed, FINE)
        self.cards = [self.ada.card, self.ada.add(typed(CHALLENGED))]
        self.wanted: dict[UUID, tuple[int, str]] = {}

    @property
    def payments(self) -> list[Payment]:
        return list(Payment.objects.for_subject(self.ada.subject).order_by("id"))

    def payment(self, number: int) -> Payment:
        return self.payments[number % len(self.payments)]

    def do(self, verb: Callable[..., Any], *args: Any, **given: Any) -> Any:
        return committed(verb, *args, by=self.ada.me, **given)

    @rule(amount=st.integers(300, 1200), currency=CURRENCIES, which=st.integers(0, 1), lost=LOST)
    def order(self, amount: int, currency: str, which: int, lost: str) -> None:
        thing = uuid4()
        self.line.loses = [lost]
        self.wanted[thing] = (amount, currency)
        committed(self.ada.pay, amount, currency, pays_for=thing, card=self.cards[which])

    @precondition(lambda self: self.wanted)
    @rule(number=NUMBERS, which=st.integers(0, 1))
    def order_again(self, number: int, which: int) -> None:
        thing = list(self.wanted)[number % len(self.wanted)]
        last = Payment.objects.for_thing(thing).last()
        if not last.totals.captured:  # what is still due after that is the orders room's to say
            committed(self.ada.pay, *self.wanted[thing], pays_for=thing, card=self.cards[which])

    @precondition(lambda self: self.wanted)
    @rule(number=NUMBERS, verb=st.sampled_from([verbs.capture, verbs.give_back]), amount=AMOUNTS, lost=LOST)
    def move(self, number: int, verb: Callable[..., Any], amount: int, lost: str) -> None:
        self.line.loses = [lost]
        self.do(verb, self.payment(number), amount=amount)

    @precondition(lambda self: self.wanted)
    @rule(number=NUMBERS, verb=st.sampled_from([verbs.release, verbs.look_again]), lost=LOST)
    def look_or_release(self, number: int, verb: Callable[..., Any], lost: str) -> None:
        self.line.loses = [lost]
        self.do(verb, self.payment(number))

    @precondition(lambda self: self.wanted)
    @rule(number=NUMBERS, answer=st.sampled_from(["confirm", "refuse"]))
    def the_bank_asks(self, number: int, answer: str) -> None:
        charge = self.line.sandbox.find(self.payment(number).reference)
        if charge is not None and charge.challenge:
            say_at_the_bank(self.line.sandbox, charge.challenge, answer)

    @precondition(lambda self: self.wanted)
    @rule(number=NUMBERS, path=st.sampled_from(["dispute", "dispute/close"]))
    def the_bank_takes(self, number: int, path: str) -> None:
        charge = self.line.sandbox.find(self.payment(number).reference)
        if charge is not None:
            with suppress(ProcessorRefused):  # there may be nothing to take, or to win
                self.line.sandbox.steer(f"charges/{charge.id}/{path}", outcome="won")

    @precondition(lambda self: self.wanted)
    @rule(number=NUMBERS)
    def a_webhook_comes(self, number: int) -> None:
        told = self.line.sandbox.events()
        if told:
            each = told[number % len(told)]
            committed(verbs.take_event, Event(each["id"], each["charge"], each["kind"]))

    @rule()
    def time_passes(self) -> None:
        self.wait_and_recover()

    def wait_and_recover(self) -> None:
        hour = timezone.now() - timedelta(hours=1)
        Instruction.objects.unanswered().update(asked_at=hour)
        Instruction.objects.filter(outcome="challenged").update(answered_at=hour)
        committed(verbs.recover)

    @invariant()
    def no_more_than_there_is(self) -> None:
        for payment in self.payments:
            totals = payment.totals
            assert totals.captured + totals.released <= totals.authorised <= payment.amount
            assert totals.refunded + totals.disputed <= totals.captured

    @invariant()
    def no_thing_is_charged_twice(self) -> None:
        for thing in self.wanted:
            tries = [payment.totals for payment in Payment.objects.for_thing(thing)]
            assert sum(bool(totals.captured or totals.reserved) for totals in tries) <= 1

    @invariant()
    def whoever_watches_is_told(self) -> None:
        moved = Movement.objects.for_subject(self.ada.subject).values_list("payment", "kind")
        assert set(moved) <= self.told

    def teardown(self) -> None:
        self.line.loses.clear()
        self.wait_and_recover()
        for each in self.line.sandbox.events():
            committed(verbs.take_event, Event(each["id"], each["charge"], each["kind"]))
        assert not Instruction.objects.for_subject(self.ada.subject).unanswered().exists()
        assert verbs.reconcile(since=self.began).differences == []
        for payment in self.payments:
            assert (payment.totals.captured, payment.totals.refunded) == (
                done(payment, "capture"),
                done(payment, "refund"),
            )
        charges = [charge.reference for charge in self.line.sandbox.charges()]
        assert len(charges) == len(set(charges))


def done(payment: Payment, kind: str) -> int:
    """What we asked for and were told was done: moved once each, however often it was asked."""
    rows = Instruction.objects.of(payment, [kind]).filter(outcome="done")
    return sum(rows.values_list("amount", flat=True))


def test_the_books_hold_whatever_happens(processor: Sandbox, typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    line, told = Line(processor), set[tuple[UUID, str]]()
    monkeypatch.setattr(processors, "_sandbox", lambda _: line)
    monkeypatch.setattr(
        watchers, "_watchers", [lambda payment, kinds: told.update((payment.pk, kind) for kind in kinds)]
    )
    few = settings(max_examples=25, stateful_step_count=25, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(partial(Shop, line, typed, told), settings=few)
