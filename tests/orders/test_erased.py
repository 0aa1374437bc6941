"""What the processor does late, for an order whose person was erased meanwhile: all the money goes back, and nothing
about the person comes back."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.orders.conftest import DECLINES_LATER, Shop, billing, fresh, staff, total
from tests.payments.line import Line
from tests.people import Person
from upheld import vault
from upheld.orders import charging, following, issuing, promises, sweeping, troubling, verbs
from upheld.orders.errors import NotNow
from upheld.orders.models import Document, Order, Step, Trouble
from upheld.orders.sums import sums_of
from upheld.payments import processors
from upheld.payments import verbs as payments
from upheld.payments.models import Instruction
from upheld.payments.sandbox.client import Sandbox


@pytest.fixture
def line(shop: Shop, processor: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A bad line to the processor, and nothing to wait for between two looks."""
    line = Line(processor)
    monkeypatch.setattr(processors, "_sandbox", lambda _: line)
    monkeypatch.setattr(charging, "AGAIN_AFTER", timedelta(minutes=-5))
    monkeypatch.setattr(sweeping, "SOMEBODY_IS_THERE", timedelta(minutes=-5))
    return line


def erase(person: Person) -> None:
    verbs.settle(person.subject, by=person.me)
    vault.shred(person.subject, by=person.me)


def let_pass(time: timedelta = timedelta(minutes=5)) -> None:
    Instruction.objects.unanswered().update(asked_at=timezone.now() - time)
    payments.recover()
    verbs.sweep()
    verbs.sweep()


def all_went_back(order: Order) -> bool:
    assert not Step.objects.for_subject(order.subject).exists()
    assert not Trouble.objects.for_subject(order.subject).exists()
    assert payments.reconcile().differences == []
    return (sums_of(order).reserved, sums_of(order).held) == (0, 0)


def placed_without(answer: list[str], line: Line, shop: Shop, *wanted: str, who: Person) -> Order:
    order = shop.drafted(*wanted, who=who)
    line.loses = answer
    shop.place(order, by=who.me)
    return fresh(order)


@pytest.mark.parametrize("lost", ["request", "answer"])
@pytest.mark.parametrize("wanted", [("export",), ("export", "guide")])
def test_a_charge_that_was_under_way_goes_back(
    shop: Shop, line: Line, person: Person, wanted: tuple[str, ...], lost: str
) -> None:
    order = placed_without(["", lost], line, shop, *wanted, who=person)
    assert charging.under_way(order, following.Kind.CAPTURE)
    erase(person)
    let_pass()
    assert all_went_back(order)


def test_a_parcels_charge_that_was_under_way_goes_back_with_the_rest(shop: Shop, line: Line, person: Person) -> None:
    order = shop.placed("export", "guide", who=person)
    line.loses = ["answer"]
    assert isinstance(verbs.ship(order, by=staff(order), tracking="RR1234"), verbs.Later)
    erase(person)
    let_pass()
    assert sums_of(order).captured == total(order)
    assert all_went_back(order)
    assert issuing.charged(order) == 0


def test_a_reservation_that_turns_up_later_is_released(shop: Shop, line: Line, person: Person) -> None:
    order = placed_without(["answer"], line, shop, "guide", who=person)
    line.is_down = True
    erase(person)
    line.is_down = False
    let_pass()
    assert all_went_back(order)


def test_a_refund_that_lapsed_is_asked_again(shop: Shop, line: Line, person: Person) -> None:
    order = shop.placed("export", "guide", who=person)
    line.loses = ["", "request"]
    erase(person)
    assert sums_of(order).held == 1071
    let_pass(timedelta(hours=21))
    let_pass()
    assert "lapsed" in Instruction.objects.filter(pays_for=order.pk).values_list("outcome", flat=True)
    assert all_went_back(order)
    assert Document.objects.of(order).get(kind="credit_note").amount == 1071


def test_what_was_filled_stays_paid(shop: Shop, line: Line, person: Person) -> None:
    sent, filled = shop.placed("guide", "export", who=person), shop.placed("export", who=person)
    verbs.ship(sent, by=staff(sent), tracking="RR1234")
    erase(person)
    let_pass()
    assert [sums_of(order).held for order in (sent, filled)] == [total(sent), total(filled)]


def test_a_card_that_says_no_too_late_leaves_nothing_behind(shop: Shop, line: Line, person: Person) -> None:
    order = shop.drafted("guide", who=person, number=DECLINES_LATER)
    line.loses = ["answer"]
    shop.place(order, by=person.me)
    order = fresh(order)
    erase(person)
    following.declined(order, "declined")
    with transaction.atomic():
        assert troubling.begin(order, "dispute", by=person.me) is None
    with pytest.raises(NotNow):
        verbs.trouble(order, kind="undeliverable", by=staff(order))
    with pytest.raises(NotNow):
        verbs.cancel(order, by=billing(order))
    let_pass()
    assert all_went_back(order)
    assert promises.told().upheld


def test_staff_give_money_back_to_somebody_who_is_erased(shop: Shop, line: Line, person: Person) -> None:
    order = shop.placed("export", who=person)
    erase(person)
    line.loses = ["request"]
    assert verbs.refund(order, amount=500, by=billing(order)) is not order
    let_pass(timedelta(hours=21))
    let_pass()
    assert sums_of(order).refunded == 500
    assert Document.objects.of(order).get(kind="credit_note").amount == 500
    assert not all_went_back(order)
