"""Cancelled, refunded, settled before an erasure: all the money goes back, once, and so does the stock."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import TestCase
from uuid_utils.compat import uuid7

from tests.orders.conftest import CHALLENGES, DECLINES_LATER, Shop, billing, fresh, staff, steps, total
from tests.people import Person
from upheld import vault
from upheld.contact.models import Address
from upheld.orders import ending, guests, verbs
from upheld.orders.errors import NotNow, ReasonUnknown
from upheld.orders.models import Document, Order, Step
from upheld.orders.sums import sums_of
from upheld.payments import verbs as payments
from upheld.payments.models import Movement
from upheld.policy.actors import Actor, Case
from upheld.vault import holding
from upheld.vault.errors import OnHold
from upheld.vault.models import Hold

Letters = Callable[[], list[Any]]


def me(order: Order) -> Actor:
    return Actor.person(order.subject)


def test_a_parcel_that_was_not_packed_is_cancelled_by_the_person(shop: Shop, letters: Letters) -> None:
    order = shop.placed(("guide", 3))
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert verbs.cancel(order, by=me(order), reason="changed mind") == order
    assert verbs.state(fresh(order)) == "cancelled"
    assert (sums_of(order).reserved, sums_of(order).captured, shop.stock("guide")) == (0, 0, 10)
    assert not Document.objects.of(order).exists()
    assert letters()[-1]["Subject"] == "Your order is cancelled"
    assert Step.objects.of(order).get(kind="cancelled").reason == "changed_mind"


def test_what_was_not_limited_when_it_was_ordered_adds_nothing_to_the_stock(shop: Shop) -> None:
    order, mount = shop.placed("mount", "guide"), shop.variants["mount"]
    verbs.change_variant(mount, stock=7, by=Actor.operator())
    verbs.cancel(order, by=me(order))
    assert (shop.stock("mount"), shop.stock("guide")) == (7, 10)


def test_what_was_charged_is_given_back_with_a_credit_note(shop: Shop) -> None:
    order = shop.placed("guide", "export")
    verbs.cancel(order, by=billing(order))
    assert (sums_of(order).captured, sums_of(order).refunded, sums_of(order).reserved) == (1071, 1071, 0)
    assert [(d.kind, d.amount, d.tax) for d in Document.objects.of(order)] == [
        ("invoice", 1071, 171), ("credit_note", 1071, 171)
    ]  # fmt: skip


def test_what_is_packed_is_staffs_to_cancel_and_what_is_shipped_nobodys(shop: Shop) -> None:
    order = shop.placed("guide")
    verbs.pack(order, by=staff(order))
    with pytest.raises(NotNow, match="packed already"):
        verbs.cancel(order, by=me(order))
    other = shop.placed("guide")
    verbs.ship(other, by=staff(other), tracking="RR1234")
    with pytest.raises(NotNow, match="has left"):
        verbs.cancel(other, by=billing(other))
    verbs.cancel(order, by=billing(order))
    with pytest.raises(NotNow, match="over already"):
        verbs.cancel(order, by=billing(order))
    assert shop.stock("guide") == 9


def test_what_cannot_be_cancelled_says_why(shop: Shop) -> None:
    draft, filled = shop.drafted("guide"), shop.placed("export")
    with pytest.raises(NotNow, match="not placed"):
        verbs.cancel(draft, by=me(draft))
    with pytest.raises(NotNow, match="filled already"):
        verbs.cancel(filled, by=me(filled))
    with pytest.raises(ReasonUnknown):
        verbs.cancel(filled, by=billing(filled), reason="Ada phoned")


def test_an_order_that_waits_for_the_bank_is_cancelled_and_never_charged(shop: Shop) -> None:
    order = shop.drafted("guide", number=CHALLENGES)
    shop.place(order)
    verbs.cancel(order, by=me(order))
    verbs.sweep()
    assert not Movement.objects.filter(pays_for=order.pk, kind="authorise").exists()
    assert verbs.state(fresh(order)) == "cancelled"


def test_parts_are_refunded_up_to_the_whole_and_no_further(shop: Shop, letters: Letters) -> None:
    order = shop.placed("export", ("support", 2))
    paid = total(order)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert verbs.refund(order, amount=500, by=billing(order), reason="late") == order
    assert verbs.state(order) == "part_refunded"
    assert letters()[-1]["Subject"] == "Money on its way back to you"
    for amount in (paid - 499, 0, -1, 10**15):
        assert isinstance(verbs.refund(order, amount=amount, by=billing(order)), verbs.Refusal)
    verbs.refund(order, by=billing(order))
    assert (sums_of(order).refunded, verbs.state(order)) == (paid, "refunded")
    assert isinstance(verbs.refund(order, by=billing(order)), verbs.Refusal)
    notes = Document.objects.of(order).filter(kind="credit_note")
    invoice = Document.objects.of(order).get(kind="invoice")
    assert (sum(n.amount for n in notes), sum(n.tax for n in notes)) == (invoice.amount, invoice.tax)
    assert [note.number for note in notes] == [1, 2]


def test_nothing_that_was_not_charged_is_refunded(shop: Shop) -> None:
    order = shop.placed("guide")
    answer = verbs.refund(order, by=billing(order))
    assert isinstance(answer, verbs.Refusal)
    assert "Cancel it instead" in answer.sentence


def test_a_refund_over_two_invoices_has_a_credit_note_for_each(shop: Shop) -> None:
    order = shop.placed("guide", "export")
    verbs.ship(order, by=staff(order), tracking="RR1234")
    verbs.refund(order, by=billing(order))
    credited = {d.corrects: d.amount for d in Document.objects.of(order).filter(kind="credit_note")}
    assert credited == {d.pk: d.amount for d in Document.objects.of(order).filter(kind="invoice")}


def test_numbers_have_no_gap_whatever_comes_between(shop: Shop) -> None:
    orders = [shop.placed("export") for _ in range(3)]
    for order in orders:
        verbs.refund(order, amount=100, by=billing(order))
    for kind in ("invoice", "credit_note"):
        assert list(Document.objects.filter(kind=kind).order_by("pk").values_list("number", flat=True)) == [1, 2, 3]


def test_before_an_erasure_everything_open_is_settled(shop: Shop, person: Person) -> None:
    draft = shop.drafted("guide", who=person)
    waiting, mixed, filled = (shop.placed(*w, who=person) for w in (("guide",), ("guide", "export"), ("export",)))
    packed, sent = shop.placed("guide", who=person), shop.placed("guide", who=person)
    verbs.pack(packed, by=staff(packed))
    verbs.ship(sent, by=staff(sent), tracking="RR1234")
    stuck = shop.drafted("guide", who=person, number=DECLINES_LATER)
    shop.place(stuck, by=person.me)
    assert verbs.settle(person.subject, by=person.me) == 4
    assert verbs.settle(person.subject, by=person.me) == 0
    assert not Order.objects.filter(pk=draft.pk).exists()
    for order in (waiting, mixed, packed, stuck):
        assert verbs.state(fresh(order)) == "cancelled"
        assert (sums_of(order).reserved, sums_of(order).held) == (0, 0)
    assert sums_of(filled).held == total(filled)
    assert shop.stock("guide") == 9
    vault.shred(person.subject, by=person.me)
    states = verbs.states([fresh(order) for order in (waiting, mixed, filled, sent)])
    assert list(states.values()) == ["cancelled", "refunded", "delivered", "delivered"]
    assert not Order.objects.open().exists()
    assert not Order.objects.to_pack().exists()
    verbs.sweep()
    assert not Step.objects.exists()
    assert payments.reconcile().differences == []


def held(subject: UUID) -> Hold:
    officer = Actor.staff(UUID(int=8), job="privacy", case=Case("rights_request", UUID(int=9), subject))
    return holding.place(subject, reason="claim", until=holding.today(), by=officer)


def test_a_guest_on_whom_a_hold_is_placed_at_the_last_moment_keeps_their_address(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, let_go = shop.drafted("guide"), guests._let_go
    verbs.settle(draft.subject, by=me(draft))

    def meanwhile(subject: UUID) -> bool:
        gone = let_go(subject)
        held(subject)
        return gone

    with monkeypatch.context() as patch:
        patch.setattr(guests, "_let_go", meanwhile)
        with pytest.raises(OnHold):
            guests.expire(draft.subject)
    assert Address.objects.filter(subject=draft.subject).exists()
    guests.expire(draft.subject)
    assert not Address.objects.filter(subject=draft.subject).exists()


def test_a_hold_is_looked_at_before_each_order_and_one_that_fails_keeps_no_other(
    shop: Shop, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders, draft = [shop.placed("guide", who=person) for _ in range(2)], shop.drafted("export", who=person)
    hold = held(person.subject)
    with pytest.raises(OnHold):
        verbs.settle(person.subject, by=person.me)
    assert [verbs.state(fresh(each)) for each in (*orders, draft)] == ["paid", "paid", "drafted"]
    holding.release(hold, by=holding.BY)
    end, broken = ending._end, orders[0].pk

    def stops(order: Order, *args: Any, **more: Any) -> Any:
        if order.pk == broken:
            raise ConnectionError
        return end(order, *args, **more)

    monkeypatch.setattr(ending, "_end", stops)
    with pytest.raises(ConnectionError):
        verbs.settle(person.subject, by=person.me)
    assert [verbs.state(fresh(each)) for each in orders] == ["paid", "cancelled"]
    assert not Order.objects.filter(pk=draft.pk).exists()


def test_a_draft_of_nobody_is_dropped_without_a_trace_of_its_lines(shop: Shop) -> None:
    order = shop.drafted("guide", basket=uuid7())
    verbs.settle(order.subject, by=me(order))
    assert steps(order) == []
