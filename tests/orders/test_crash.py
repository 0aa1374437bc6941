"""Placing, shipping and refunding are killed before each of their steps: whatever is left, the sweep brings to its end.

The sandbox is a program of its own, which goes on while our side dies; see tests/payments/test_crash.py.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from tests.crash import Step, kill_at_each_step
from tests.orders.conftest import Shop, billing, staff, steps, total
from tests.payments.conftest import browser
from tests.payments.test_crash import began, begin, reach_it, sandbox
from upheld.contact.models import Letter
from upheld.orders import sweeping, verbs
from upheld.orders.models import Document, Order, Shipment, Variant
from upheld.orders.models import Step as Told
from upheld.orders.sums import sums_of
from upheld.payments import verbs as payments
from upheld.payments.models import Instruction
from upheld.policy.actors import Actor
from upheld.vault.models import Disclosure

__all__ = ["sandbox"]

BASKET = UUID(int=(1 << 80) + 7)
MINUTES = timedelta(minutes=5)


def typed(number: str = "4242424242424242", **_: object) -> str:
    with browser(reach_it()) as visitor:
        card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        return str(visitor.post("tokens", json=card).json()["token"])


def order() -> Order:
    found: Order = Order.objects.get(pk=BASKET)
    return found


def draft_it() -> None:
    begin()
    Shop(typed).open().drafted("guide", "export", basket=BASKET)


def place_it() -> None:
    begin()
    reach_it()
    assert verbs.place(order(), total=total(order()), by=Actor.visitor())


def time_passes() -> None:
    """Everything that was begun was begun five minutes ago, and whatever is done by itself is done."""
    Instruction.objects.unanswered().update(asked_at=timezone.now() - MINUTES)
    Order.objects.placed().update(placed_at=timezone.now() - MINUTES)
    Shipment.objects.filter(shipped_at=None).update(tried_at=timezone.now() - MINUTES)
    Told.objects.update(at=timezone.now() - MINUTES)
    sweeping.SOMEBODY_IS_THERE = -MINUTES
    payments.recover()
    verbs.sweep()
    verbs.sweep()


def shelf() -> int | None:
    return Variant.objects.get(sku="guide").stock


def ship_it() -> None:
    assert isinstance(verbs.ship(order(), by=staff(order()), tracking="RR123456785DE"), Shipment)


def refund_it() -> None:
    assert verbs.refund(order(), amount=2000, by=billing(order()), reason="late") == order()


def cancel_it() -> None:
    verbs.cancel(order(), by=Actor.person(order().subject))


def place_ship_and_refund() -> None:
    """From the beginning each time: the sandbox is not put back as it was."""
    place_it()
    ship_it()
    refund_it()


def place_and_cancel() -> None:
    place_it()
    cancel_it()


def carry_on(verb: Step, is_begun: Callable[[], bool]) -> None:
    """What was begun comes to its end by itself; what was not is asked for again."""
    begun = is_begun()
    time_passes()
    if not begun:
        verb()
        time_passes()


def placed() -> None:
    reach_it()
    carry_on(place_it, lambda: order().placed_at is not None)
    assert list(Letter.objects.filter(kind="order_placed").values_list("kind", flat=True)) == ["order_placed"]


def each_thing_happened_once() -> None:
    placed()
    carry_on(ship_it, lambda: Shipment.objects.exists())
    carry_on(refund_it, lambda: "refund_asked" in steps(order()))
    assert steps(order()) == [
        "drafted", "placed", "authorised", "captured", "captured", "shipped", "refund_asked", "refunded", "refunded"
    ][: len(steps(order()))]  # fmt: skip
    sums = sums_of(order())
    assert (sums.authorised, sums.captured, sums.refunded) == (total(order()), total(order()), 2000)
    assert "tracking" in Shipment.objects.get(shipped_at__isnull=False).held()
    assert Disclosure.objects.filter(recipient="carrier").count() == 1
    assert Letter.objects.filter(kind="order_shipped").count() == 1
    invoices, notes = (Document.objects.filter(kind=kind).order_by("number") for kind in ("invoice", "credit_note"))
    assert [(each.number, each.amount) for each in invoices] == [(1, 1071), (2, total(order()) - 1071)]
    assert sum(note.amount for note in notes) == 2000
    assert [note.number for note in notes] == [*range(1, len(notes) + 1)]
    assert shelf() == 9
    assert payments.reconcile(since=began()).differences == []


def all_went_back_once() -> None:
    placed()
    carry_on(cancel_it, lambda: "cancelled" in steps(order()))
    assert verbs.state(order()) == "cancelled"
    assert (sums_of(order()).reserved, sums_of(order()).held, shelf()) == (0, 0, 10)
    assert Letter.objects.filter(kind="order_cancelled").count() == 1
    assert payments.reconcile(since=began()).differences == []


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize(
    ("verb", "check", "least"),
    [(place_ship_and_refund, each_thing_happened_once, 80), (place_and_cancel, all_went_back_once, 50)],
    ids=["shipping", "cancelling"],
)
def test_a_crash_anywhere_loses_nothing_and_does_nothing_twice(verb: Step, check: Step, least: int) -> None:
    assert kill_at_each_step(verb, before=draft_it, check=check) > least
