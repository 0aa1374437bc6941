"""What is asked of the processor and gets lost: a refund is asked for again until staff are told, a charge never beside
another."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.orders.conftest import Shop, billing, staff, steps, total
from tests.payments.line import Line as Wire
from upheld.orders import charging, owing, sweeping, verbs
from upheld.orders.models import Document, Order, Shipment
from upheld.orders.sums import sums_of
from upheld.payments import processors
from upheld.payments import verbs as payments
from upheld.payments.models import Instruction
from upheld.payments.processor import Kind
from upheld.payments.sandbox.client import Sandbox


@pytest.fixture
def line(shop: Shop, processor: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Wire:
    line = Wire(processor)
    monkeypatch.setattr(processors, "_sandbox", lambda _: line)
    monkeypatch.setattr(charging, "AGAIN_AFTER", timedelta(minutes=-5))
    monkeypatch.setattr(sweeping, "SOMEBODY_IS_THERE", timedelta(minutes=-5))
    return line


def a_day_passes() -> None:
    """The processor has forgotten the key of what had no answer."""
    Instruction.objects.unanswered().update(asked_at=timezone.now() - timedelta(hours=21))
    payments.recover()
    verbs.sweep()


def test_a_refund_of_which_nobody_heard_again_is_asked_anew(shop: Shop, line: Wire) -> None:
    order = shop.placed("export")
    line.loses = ["request"]
    assert isinstance(verbs.refund(order, amount=500, by=billing(order)), verbs.Later)
    a_day_passes()
    a_day_passes()
    assert (sums_of(order).refunded, steps(order)[-2:]) == (500, ["refund_asked", "refunded"])
    assert Document.objects.of(order).get(kind="credit_note").amount == 500
    a_day_passes()
    assert sums_of(order).refunded == 500


def test_a_refund_that_was_made_without_an_answer_is_not_made_again(shop: Shop, line: Wire) -> None:
    order = shop.placed("export")
    line.loses = ["answer"]
    verbs.refund(order, amount=500, by=billing(order))
    for _ in range(3):
        a_day_passes()
    assert sums_of(order).refunded == 500
    assert Instruction.objects.filter(kind="refund").count() == 1


def test_what_is_owed_is_not_given_back_a_second_time(shop: Shop, line: Wire) -> None:
    order = shop.placed("export")
    line.loses = ["request"]
    verbs.refund(order, by=billing(order))
    Instruction.objects.filter(kind="refund").update(answered_at=timezone.now(), outcome="lapsed")
    assert owing.owed(order) == total(order)
    assert isinstance(verbs.refund(order, by=billing(order)), verbs.Refusal)


def test_a_refund_that_always_fails_is_said_to_staff_once_who_may_ask_again(shop: Shop, line: Wire) -> None:
    order = shop.placed("export")
    for _ in range(owing.TRIES + 3):
        line.loses = ["request", "request"]
        if not Instruction.objects.filter(kind="refund").exists():
            verbs.refund(order, amount=500, by=billing(order))
        a_day_passes()
    assert steps(order).count(owing.FAILED) == 1
    assert Instruction.objects.filter(kind="refund").count() == owing.TRIES
    assert order in Order.objects.open()
    line.loses = []
    assert verbs.refund(order, amount=500, by=billing(order)) == order
    a_day_passes()
    assert sums_of(order).refunded == 500
    assert order not in Order.objects.open()


def test_nothing_is_taken_while_something_else_is_being_taken(shop: Shop, line: Wire) -> None:
    order = shop.drafted("guide", "export")
    line.loses = ["", "request"]
    shop.place(order)
    assert charging.under_way(order, Kind.CAPTURE) == 1071
    assert isinstance(verbs.ship(order, by=staff(order), tracking="RR1234"), verbs.Later)
    assert Instruction.objects.filter(kind="capture").count() == 1
    Instruction.objects.unanswered().update(asked_at=timezone.now() - timedelta(minutes=1))
    Shipment.objects.update(tried_at=timezone.now() - timedelta(hours=1))
    payments.recover()
    verbs.sweep()
    assert [(d.kind, d.amount) for d in Document.objects.of(order)] == [
        ("invoice", 1071), ("invoice", total(order) - 1071)
    ]  # fmt: skip
    assert verbs.state(order) == "shipped"
