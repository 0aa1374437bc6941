"""What the processor tells by itself: any number of times, in any order, late, and of charges that are none of ours."""

import random
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.payments.conftest import Typed
from tests.payments.line import Line
from tests.payments.people import (
    BACK,
    CAPTURE_FAILS,
    CHALLENGED,
    CHARGE_FAILS,
    Buyer,
    buyer,
    committed,
    say_at_the_bank,
)
from upheld import ledger, vault
from upheld.payments import processors, verbs, watchers
from upheld.payments.models import Instruction, Movement, Payment
from upheld.payments.processor import Event
from upheld.payments.sandbox.client import Sandbox

pytestmark = pytest.mark.django_db
Told = list[tuple[Payment, frozenset[str]]]


@pytest.fixture
def ada(processor: Sandbox, typed: Typed) -> Buyer:
    return buyer(typed)


@pytest.fixture
def line(processor: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Line:
    line = Line(processor)
    monkeypatch.setattr(processors, "_sandbox", lambda _: line)
    return line


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """What a room above was told."""
    told: Told = []
    monkeypatch.setattr(watchers, "_watchers", [])
    watchers.register(lambda payment, kinds: told.append((payment, kinds)))
    return told


def events(processor: Sandbox) -> list[Event]:
    return [Event(each["id"], each["charge"], each["kind"]) for each in processor.events()]


def test_an_event_brings_what_is_new_and_only_once(ada: Buyer, processor: Sandbox, told: Told) -> None:
    payment = ada.paid()
    processor.capture(payment.processor_id, amount=1999, key="from the processor's own pages")
    news = committed(verbs.take_event, events(processor)[-1])
    assert (news.payment, news.kinds) == (payment, {"capture"})
    before = ledger.Entry.objects.count()
    assert committed(verbs.take_event, events(processor)[-1]).kinds == frozenset()
    assert ledger.Entry.objects.count() == before
    assert told[-1] == (payment, {"capture"})
    assert payment.totals.captured == 1999


def test_events_in_any_order_any_number_of_times_make_the_same_books(ada: Buyer, processor: Sandbox) -> None:
    payment = ada.paid()
    verbs.capture(payment, amount=1500, by=ada.me)
    verbs.give_back(payment, amount=200, by=ada.me)
    processor.steer(f"charges/{payment.processor_id}/dispute")
    totals = []
    for seed in range(4):
        Movement.objects.all().delete()
        mixed = events(processor) * 2
        random.Random(seed).shuffle(mixed)  # noqa: S311 - so that a failure can be seen again
        for event in mixed:
            verbs.take_event(event)
        totals.append(payment.totals)
    assert totals == [verbs.Totals(authorised=1999, captured=1500, refunded=200, disputed=1300)] * 4
    assert verbs.reconcile().differences == []


def test_a_dispute_takes_the_money_and_winning_it_brings_it_back(ada: Buyer, processor: Sandbox, told: Told) -> None:
    payment = ada.paid()
    verbs.capture(payment, amount=1999, by=ada.me)
    processor.steer(f"charges/{payment.processor_id}/dispute")
    committed(verbs.take_event, events(processor)[-1])
    assert payment.totals.ours == 0
    assert not verbs.give_back(payment, amount=1, by=ada.me)
    processor.steer(f"charges/{payment.processor_id}/dispute/close", outcome="won")
    committed(verbs.take_event, events(processor)[-1])
    assert payment.totals.ours == 1999
    assert [kinds for _, kinds in told[-2:]] == [{"dispute"}, {"dispute_won"}]


@pytest.mark.parametrize(("answer", "kind", "outcome"), [("confirm", "authorise", "done"), ("refuse", "declined", "")])
def test_a_challenge_is_settled_by_an_event(
    processor: Sandbox, typed: Typed, told: Told, answer: str, kind: str, outcome: str
) -> None:
    payment = buyer(typed, CHALLENGED).pay().payment
    say_at_the_bank(processor, payment_url(processor, payment), answer)
    news = committed(verbs.take_event, events(processor)[-1])
    assert news.kinds == {kind}
    assert payment.outcome == (outcome or "challenge_failed")
    assert told[-1] == (payment, {kind})


def payment_url(processor: Sandbox, payment: Payment) -> str:
    charge = processor.fetch(payment.processor_id)
    assert charge
    return charge.challenge


def test_an_event_may_come_before_the_answer(ada: Buyer, line: Line, told: Told) -> None:
    line.loses = ["answer"]
    line.sandbox.find = lambda _: None  # not to be found yet
    try:
        outcome = ada.pay()
    finally:
        del line.sandbox.find
    assert isinstance(outcome, verbs.Unanswered)
    news = committed(verbs.take_event, events(line.sandbox)[0])
    assert news.kinds == {"authorise"}
    assert not Instruction.objects.unanswered().exists()
    assert isinstance(verbs.look_again(outcome.payment, by=ada.me), verbs.Authorised)


def test_charges_that_are_none_of_ours_are_nothing(ada: Buyer, processor: Sandbox) -> None:
    token = vault.open(ada.card, ["token"], by=ada.me, purpose="billing")["token"] or ""
    for reference in ("somebody-else:1", f"payment:{uuid4()}"):
        charge = processor.authorise(token, amount=1, currency="USD", reference=reference, back=BACK, key=reference)
        assert verbs.take_event(Event("evt_1", charge.id, "charge.authorise")) is None
    assert verbs.take_event(Event("evt_2", "ch_nowhere", "charge.capture")) is None
    assert [each.what for each in verbs.reconcile().differences] == ["charge_unknown", "charge_unknown"]


def test_whoever_watches_is_told_of_what_failed(processor: Sandbox, typed: Typed, told: Told) -> None:
    assert not committed(buyer(typed, CHARGE_FAILS).pay)
    ada = buyer(typed, CAPTURE_FAILS)
    payment = ada.paid()
    assert not committed(verbs.capture, payment, amount=1999, by=ada.me)
    assert [kinds for _, kinds in told] == [{"declined"}, {"cancel"}, {"refused"}]


def test_a_watcher_that_fails_stops_nothing(ada: Buyer, told: Told, caplog: pytest.LogCaptureFixture) -> None:
    def fails(payment: Payment, kinds: frozenset[str]) -> None:
        raise RuntimeError

    watchers.register(fails)
    assert committed(ada.pay)
    assert len(told) == 1
    assert "RuntimeError" in caplog.text
