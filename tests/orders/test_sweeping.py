"""What is done by itself: reminders and ends in their time, and all that a death or a silence left half done."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.orders.conftest import CHALLENGES, DECLINES_LATER, Shop, fresh, staff, total
from tests.payments.people import BACK
from upheld import vault
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.orders import guests, placing, sweeping, verbs
from upheld.orders.models import Document, Line, Order, Shipment, Step, Trouble
from upheld.orders.sums import sums_of
from upheld.payments import verbs as payments
from upheld.payments.models import Card, Payment
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor

Letters = Callable[[], list[Any]]
Later = Callable[..., None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """From now on it is so much later, for the sweep alone."""

    def pass_by(**time: float) -> None:
        now = timezone.now() + timedelta(**time)
        for module in (sweeping, sweeping.guests, sweeping.charging):
            monkeypatch.setattr(module, "timezone", type("Clock", (), {"now": staticmethod(lambda: now)}))

    return pass_by


def subjects(letters: Letters) -> list[str]:
    return [str(letter["Subject"]) for letter in letters()]


def in_trouble(shop: Shop, *wanted: str) -> Order:
    order = shop.drafted(*wanted, number=DECLINES_LATER)
    shop.place(order)
    return fresh(order)


def test_nothing_is_done_to_what_stands_well(shop: Shop) -> None:
    order = shop.placed("guide", "export")
    verbs.ship(order, by=staff(order), tracking="RR1234")
    before = list(Step.objects.values_list("pk"))
    assert verbs.sweep() == 0
    assert list(Step.objects.values_list("pk")) == before


def test_a_trouble_is_reminded_of_once_and_then_is_over(shop: Shop, letters: Letters, later: Later) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        order = in_trouble(shop, "guide")
    later(days=3, hours=1)
    for _ in range(2):
        with TestCase.captureOnCommitCallbacks(execute=True):
            verbs.sweep()
    assert subjects(letters) == ["Your order needs you", "Your order still needs you"]
    later(days=14, hours=1)
    with TestCase.captureOnCommitCallbacks(execute=True):
        verbs.sweep()
    assert subjects(letters)[-1] == "Your order is over"
    assert (verbs.state(fresh(order)), shop.stock("guide")) == ("expired", 10)
    assert Trouble.objects.of(order).get().ending == "expired"


def test_an_expired_trouble_gives_back_what_was_charged(shop: Shop, later: Later) -> None:
    order = shop.placed("guide", "export")
    verbs.trouble(order, kind="undeliverable", by=staff(order))
    later(days=15)
    verbs.sweep()
    sums = sums_of(order)
    assert (sums.reserved, sums.held, sums.refunded) == (0, 0, 1071)


def test_a_dispute_about_what_was_filled_ends_without_more_money(shop: Shop, processor: Sandbox, later: Later) -> None:
    order = shop.placed("export")
    processor.steer(f"charges/{Payment.objects.get(pays_for=order.pk).processor_id}/dispute")
    verbs.carry_on(order, by=Actor.visitor())
    later(days=15)
    verbs.sweep()
    assert (verbs.state(order), sums_of(order).refunded) == ("paid", 0)


def test_drafts_and_their_guests_go_after_a_day(shop: Shop, later: Later) -> None:
    draft, placed = shop.drafted("guide"), shop.placed("guide", email="else@example.org")
    verbs.sweep()
    assert Order.objects.count() == 2
    later(days=1, minutes=10)
    verbs.sweep()
    verbs.sweep()
    assert Order.objects.get() == placed
    assert vault.is_erased(draft.subject)
    assert not Address.objects.for_subject(draft.subject).exists()
    assert not Card.objects.for_subject(draft.subject).exists()
    assert not Line.objects.for_subject(draft.subject).exists()
    assert payments.tell_processor() == 1


def test_guests_are_found_behind_whoever_stays(shop: Shop, later: Later, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in range(3):
        contact.add_address(vault.new_subject(), email=f"{each}@example.org", source="sign_up", by=Actor.visitor())
    draft = shop.drafted("guide")
    monkeypatch.setattr(guests, "AT_ONCE", 2)
    later(days=1, minutes=10)
    verbs.sweep()
    assert vault.is_erased(draft.subject)
    assert Address.objects.count() == 3


def test_a_guest_who_comes_back_at_the_last_moment_stays(shop: Shop, later: Later) -> None:
    draft = shop.drafted("guide")
    later(days=1, minutes=10)
    sweeping.drop_drafts()
    [subject] = set(guests.abandoned())
    again = shop.drafted("guide")
    guests.expire(subject)
    assert again.subject == draft.subject == subject
    assert not vault.is_erased(subject)
    assert isinstance(shop.place(again), verbs.Placed)


def test_a_guest_who_comes_back_a_moment_too_late_sends_it_once_more(
    shop: Shop, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, subject_of = shop.drafted("guide"), guests.subject_of
    later(days=1, minutes=10)
    sweeping.drop_drafts()

    def late(email: str, *, by: Actor) -> Any:
        found = subject_of(email, by=by)
        guests.expire(draft.subject)
        return found

    with monkeypatch.context() as slow:
        slow.setattr(guests, "subject_of", late)
        answer = shop.draft("guide")
    assert isinstance(answer, verbs.Refusal)
    assert not Order.objects.exists()
    assert shop.drafted("guide").subject != draft.subject


def test_an_order_that_nobody_asked_the_card_for_is_paid(
    shop: Shop, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.drafted("export")
    with monkeypatch.context() as dying:
        dying.setattr(placing, "pay", lambda *_, **__: None)
        shop.place(order)
    assert verbs.state(order) == "placed"
    later(minutes=3)
    verbs.sweep()
    assert sums_of(order).captured == total(order)


def test_a_question_of_the_bank_that_nobody_answered_is_a_trouble(shop: Shop, later: Later) -> None:
    order = shop.drafted("guide", number=CHALLENGES)
    shop.place(order)
    later(minutes=30)
    verbs.sweep()
    assert verbs.state(order) == "placed"
    later(hours=2)
    verbs.sweep()
    assert (verbs.state(order), Trouble.objects.of(order).get().reason) == ("trouble", "challenge_failed")


def test_money_that_moved_unseen_is_told_by_a_step(shop: Shop, processor: Sandbox, later: Later) -> None:
    order = shop.placed("export")
    payment = Payment.objects.get(pays_for=order.pk)
    processor.refund(payment.processor_id, amount=300, key="by hand")
    payments.look_again(payment, by=Actor.system("payments"))  # the watcher's call waits for a commit, and dies
    assert not Step.objects.filter(kind="refunded").exists()
    later(minutes=3)
    verbs.sweep()
    assert Step.objects.of(order).get(kind="refunded").amount == 300
    assert Document.objects.of(order).get(kind="credit_note").amount == 300


def test_a_reservation_is_made_anew_before_it_lapses(shop: Shop, later: Later) -> None:
    order = shop.placed("guide")
    later(days=5)
    verbs.sweep()
    assert Payment.objects.filter(pays_for=order.pk).count() == 1
    later(days=6, hours=1)
    verbs.sweep()
    sums = sums_of(order)
    assert (sums.authorised, sums.reserved) == (2 * total(order), total(order))
    assert verbs.state(order) == "paid"
    assert isinstance(verbs.ship(order, by=staff(order), tracking="RR1234"), Shipment)


def test_a_reservation_that_cannot_be_made_anew_is_a_trouble(shop: Shop, later: Later) -> None:
    order = shop.placed("guide")
    payments.remove_card(Card.objects.of(order.subject).get(), by=Actor.person(order.subject))
    later(days=6, hours=1)
    verbs.sweep()
    assert verbs.state(order) == "trouble"
    assert sums_of(order).reserved == 0


def test_a_mixed_order_whose_rest_lapsed_is_paid_for_the_rest_alone(shop: Shop, later: Later) -> None:
    order = shop.placed("guide", "export")
    later(days=6, hours=1)
    verbs.sweep()
    assert sums_of(order).reserved == total(order) - 1071
    verbs.ship(order, by=staff(order), tracking="RR1234")
    assert sums_of(order).captured == total(order)


def test_a_cancelled_order_whose_card_was_asked_at_the_same_moment_is_released(
    shop: Shop, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.drafted("guide")
    with monkeypatch.context() as slow:
        slow.setattr(placing, "pay", lambda *_, **__: None)
        shop.place(order)
    verbs.cancel(order, by=Actor.person(order.subject))
    card = Card.objects.of(order.subject).get()
    payments.pay(pays_for=order.pk, card=card, amount=total(order), currency="EUR", back=BACK, by=Actor.visitor())
    assert sums_of(order).reserved == total(order)
    later(minutes=3)
    verbs.sweep()
    assert (sums_of(order).reserved, verbs.state(fresh(order))) == (0, "cancelled")


def test_one_order_that_cannot_be_swept_keeps_no_other_from_its_turn(
    shop: Shop, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = shop.drafted("export"), shop.drafted("export")
    with monkeypatch.context() as dying:
        dying.setattr(placing, "pay", lambda *_, **__: None)
        shop.place(broken)
        shop.place(fine)
    later(minutes=3)
    pays = placing.pay

    def pay(order: Order, **given: Any) -> Any:
        if order == broken:
            raise RuntimeError
        return pays(order, **given)

    monkeypatch.setattr(placing, "pay", pay)
    with pytest.raises(ExceptionGroup) as failed:
        verbs.sweep()
    assert failed.group_contains(RuntimeError)
    assert sums_of(fine).captured == total(fine)


def test_no_sweep_reads_through_all_orders_ever(shop: Shop) -> None:
    ran: list[str] = []
    for each in sweeping._EACH:
        with CaptureQueriesContext(connection) as captured:
            each()
        ran += [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    assert len(ran) >= len(sweeping._EACH)
    assert [sql for sql in ran if reads_all(sql)] == []


PARTIAL = ("open_troubles", "shipments_on_their_way", "steps_that_end_orders")


def reads_all(sql: str) -> bool:
    """Whether the database would read a table of this room from end to end, or an index that holds all of it."""
    with connection.cursor() as cursor, transaction.atomic():
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
            return any("Seq Scan on orders_" in row[0] for row in cursor.fetchall())
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        scans = [row[3] for row in cursor.fetchall() if row[3].startswith("SCAN orders_")]
    return any(not scan.endswith(PARTIAL) for scan in scans)


def test_many_orders_are_asked_for_a_few_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(order.subject, order.pk) for order in (shop.drafted("guide") for _ in range(3))]
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    with CaptureQueriesContext(connection) as captured:
        found = list(sweeping._orders(pairs))
    assert {order.pk for order in found} == {order for _, order in pairs}
    assert len(captured) == 2


def test_no_more_reservations_are_renewed_at_once_than_fit(
    shop: Shop, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [shop.placed("guide") for _ in range(3)]
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    later(days=6, hours=1)
    assert sweeping.renew_reservations() == 2
    assert sorted(Payment.objects.filter(pays_for=order.pk).count() for order in orders) == [1, 2, 2]
