"""Whatever is done to orders, in whatever order, with answers lost on the way: no illegal move is accepted, the money
rules hold, documents are what moved, stock is never negative and comes back once. Tried at random over the sandbox."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.orders.conftest import BERLIN, CAPTURE_FAILS, CHALLENGES, DECLINES_LATER, Shop, billing, fresh, staff, total
from tests.payments.line import Line as Wire
from tests.payments.people import committed
from upheld.orders import charging, shipping, sweeping, verbs
from upheld.orders.errors import NotNow
from upheld.orders.models import Document, Line, Order, Series, Shipment, Step, Trouble, Variant
from upheld.orders.states import State
from upheld.orders.sums import sums_of
from upheld.payments import processors
from upheld.payments import verbs as payments
from upheld.payments.errors import ProcessorRefused
from upheld.payments.models import Instruction, Movement, Payment
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db

START = 1000
NUMBERS = st.integers(0, 99)  # which one, counted round
CARDS = st.sampled_from(["4242424242424242"] * 3 + [CAPTURE_FAILS, CHALLENGES, DECLINES_LATER])
LOST = st.sampled_from(["", "", "", "request", "answer"])  # on the line, of the next write
BASKETS = st.sampled_from([("guide",), ("export",), ("guide", "export"), (("guide", 3), "support"), ("mount", "guide")])
MOVES = st.sampled_from(["pack", "ship", "deliver", "cancel", "refund", "undeliverable", "out_of_stock"])
LEGAL: dict[str, set[State]] = {
    "pack": {State.PAID},
    "ship": {State.PAID, State.PACKED},
    "deliver": {State.SHIPPED, State.TROUBLE},
    "cancel": {State.PLACED, State.PAID, State.PACKED, State.TROUBLE, State.PART_REFUNDED},
}


class Life(RuleBasedStateMachine):
    def __init__(self, wire: Wire, shop: Shop) -> None:
        super().__init__()
        wire.loses.clear()
        wire.sandbox.steer("reset")
        wire.sandbox.steer("behaviour", held=1, doubled=0, delayed=0)
        self.began, self.wire, self.shop, self.orders = timezone.now(), wire, shop, list[Order]()
        Variant.objects.filter(sku="guide").update(stock=START)
        for each in (Shipment, Trouble, Step, Document, Line, Order, Payment, Instruction, Movement, Series):
            each.objects.all().delete()  # one example knows nothing of another

    def order(self, number: int) -> Order:
        return fresh(self.orders[number % len(self.orders)])

    @rule(wanted=BASKETS, number=CARDS, lost=LOST)
    def place(self, wanted: Any, number: str, lost: str) -> None:
        self.wire.loses.clear()
        order = committed(self.shop.drafted, *wanted, number=number, email=f"{len(self.orders)}@example.org")
        self.orders.append(order)
        self.wire.loses = [lost]
        committed(self.shop.place, order)

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS)
    def place_again(self, number: int) -> None:
        order = self.order(number)
        committed(verbs.place, order, total=total(order), by=Actor.visitor())

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS, move=MOVES, lost=LOST, amount=st.integers(1, 3000))
    def move(self, number: int, move: str, lost: str, amount: int) -> None:
        order = self.order(number)
        before = verbs.state(order)
        self.wire.loses = [lost]
        with suppress(NotNow):
            done = committed(_MOVES[move], order, amount)
            assert not done or before in LEGAL.get(move, set(State)), f"{move} when {before}"

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS, way=st.sampled_from(["card", "address", "item", "give_up"]), card=CARDS, lost=LOST)
    def mend(self, number: int, way: str, card: str, lost: str) -> None:
        order = self.order(number)
        trouble = Trouble.objects.of(order).filter(ended_at=None).last()
        if trouble is not None:
            self.wire.loses = [lost]
            with suppress(NotNow):
                committed(self._mend, trouble, way, card, Actor.person(order.subject))

    def _mend(self, trouble: Trouble, way: str, card: str, by: Actor) -> None:
        if way == "card":
            verbs.mend_card(trouble, card_token=self.shop.typed(card), by=by)
        elif way == "address":
            verbs.mend_address(trouble, details=BERLIN | {"city": "Potsdam"}, by=by)
        elif way == "item":
            verbs.mend_item(trouble, variant=self.shop.variants["leaflet"], by=by)
        else:
            verbs.give_up(trouble, by=by)

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS, path=st.sampled_from(["dispute", "dispute/close"]))
    def the_bank_takes(self, number: int, path: str) -> None:
        for payment in Payment.objects.filter(pays_for=self.order(number).pk).exclude(processor_id=""):
            with suppress(ProcessorRefused):  # there may be nothing to take, or to win
                self.wire.sandbox.steer(f"charges/{payment.processor_id}/{path}", outcome="won")
            committed(payments.look_again, payment, by=Actor.system("payments"))

    @rule()
    def time_passes(self) -> None:
        hour = timezone.now() - timedelta(hours=1)
        Instruction.objects.unanswered().update(asked_at=hour)
        committed(payments.recover)
        committed(verbs.sweep)

    @invariant()
    def no_more_moves_than_there_is(self) -> None:
        for order in self.orders:
            sums = sums_of(order)
            assert 0 <= sums.refunded + sums.disputed <= sums.captured <= sums.authorised
            assert sums.reserved >= 0
            assert sums.captured <= total(order)

    @invariant()
    def documents_are_what_moved(self) -> None:
        for order in self.orders:
            told = {kind: sum(s.amount for s in Step.objects.of(order).filter(kind=kind)) for kind in _PAPERS.values()}
            for kind, step in _PAPERS.items():
                assert sum(each.amount for each in Document.objects.of(order).filter(kind=kind)) == told[step]

    @invariant()
    def stock_is_what_was_taken(self) -> None:
        taken = sum(self._took(fresh(order)) for order in self.orders)
        assert self.shop.stock("guide") == START - taken

    def _took(self, order: Order) -> int:
        """How many guides an order holds: none once it is over before anything left, but those that were missing."""
        missing = Trouble.objects.of(order).filter(kind="out_of_stock", reason="guide")
        quantity = self._ordered(order)
        if order.placed_at is None:
            return 0
        over = Step.objects.of(order).filter(kind__in=("cancelled", "expired")).exists()
        return quantity if missing.exists() or not over or Shipment.objects.of(order).exists() else 0

    def _ordered(self, order: Order) -> int:
        lines = Line.objects.of(order).filter(sku__in=("guide", "leaflet"))
        return sum(line.quantity for line in lines)

    def teardown(self) -> None:
        self.wire.loses.clear()
        for _ in range(3):
            self.time_passes()
        assert not Instruction.objects.unanswered().exists()
        for order in self.orders:
            if verbs.state(fresh(order)) in (State.CANCELLED, State.EXPIRED):
                assert (sums_of(order).reserved, sums_of(order).held) == (0, 0)
        assert payments.reconcile(since=self.began).differences == []
        for kind in _PAPERS:
            numbers = list(Document.objects.filter(kind=kind).order_by("number").values_list("number", flat=True))
            assert numbers == [*range(1, len(numbers) + 1)]


_PAPERS = {"invoice": "captured", "credit_note": "refunded"}
_MOVES: dict[str, Callable[[Order, int], Any]] = {
    "pack": lambda order, _: verbs.pack(order, by=staff(order)),
    "ship": lambda order, _: verbs.ship(order, by=staff(order), tracking=f"RR{order.number.replace('-', '')}"),
    "deliver": lambda order, _: verbs.deliver(order, by=staff(order)),
    "cancel": lambda order, _: verbs.cancel(order, by=billing(order)),
    "refund": lambda order, amount: verbs.refund(order, amount=amount, by=billing(order), reason="goodwill"),
    "undeliverable": lambda order, _: verbs.trouble(order, kind="undeliverable", by=staff(order)),
    "out_of_stock": lambda order, _: _missing(order),
}


def _missing(order: Order) -> Any:
    if Line.objects.of(order).filter(sku="guide", invoice=None).exists():
        return verbs.trouble(order, kind="out_of_stock", reason="guide", by=staff(order))
    return None


def test_the_life_of_orders_holds(shop: Shop, processor: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(processor)
    shop.sell("leaflet", price=450)
    monkeypatch.setattr(processors, "_sandbox", lambda _: wire)
    monkeypatch.setattr(sweeping, "SOMEBODY_IS_THERE", timedelta(minutes=-5))
    monkeypatch.setattr(shipping, "SOMEBODY_IS_THERE", timedelta(minutes=-5))
    monkeypatch.setattr(charging, "AGAIN_AFTER", timedelta(minutes=-5))
    few = settings(max_examples=8, stateful_step_count=18, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(partial(Life, wire, shop), settings=few)
