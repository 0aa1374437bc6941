"""The books against the processor's, both ways; each difference is planted on purpose, and seen."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.payments.conftest import Typed
from tests.payments.people import BACK, Buyer, buyer
from upheld import vault
from upheld.payments import reconciling, verbs
from upheld.payments.models import Movement, Payment
from upheld.payments.processor import Kind
from upheld.payments.sandbox.client import Sandbox
from upheld.vault.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(processor: Sandbox, typed: Typed) -> Buyer:
    return buyer(typed)


@pytest.fixture
def payment(ada: Buyer) -> Payment:
    payment = ada.paid(1999)
    verbs.capture(payment, amount=1999, by=ada.me)
    return payment


def differences() -> list[tuple[str, str, str, str]]:
    found = verbs.reconcile()
    return [(each.reference, each.what, each.ours, each.theirs) for each in found.differences]


def test_books_that_agree_have_no_difference(payment: Payment) -> None:
    assert verbs.reconcile() == verbs.Reconciled(checked=1, differences=[])


def test_an_empty_shop_agrees(processor: Sandbox) -> None:
    assert verbs.reconcile() == verbs.Reconciled(checked=0, differences=[])


def test_what_moved_there_and_is_not_here(payment: Payment, processor: Sandbox) -> None:
    processor.refund(payment.processor_id, amount=500, key="by hand")
    assert differences() == [(payment.reference, "refund", "", "500")]


def test_what_is_here_and_never_moved_there(payment: Payment) -> None:
    Movement.objects.create(
        subject=payment.subject, pays_for=payment.pays_for, payment=payment.pk, kind=Kind.REFUND, amount=7,
        at=timezone.now(), processor_id="mv_made_up",
    )  # fmt: skip
    assert differences() == [(payment.reference, "refund", "7", "")]


def test_amounts_and_currencies_that_differ(payment: Payment) -> None:
    Payment.objects.update(amount=1, currency="EUR")
    Movement.objects.filter(kind=Kind.CAPTURE).update(amount=5)
    assert differences() == [
        (payment.reference, "amount", "1", "1999"),
        (payment.reference, "currency", "EUR", "USD"),
        (payment.reference, "capture", "5", "1999"),
    ]


def test_a_payment_of_which_the_processor_knows_nothing(payment: Payment, processor: Sandbox) -> None:
    processor.steer("reset")
    assert differences() == [(payment.reference, "charge_missing", "1999", "")]


def test_a_charge_of_which_we_know_nothing(ada: Buyer, processor: Sandbox) -> None:
    token = vault.open(ada.card, ["token"], by=ada.me, purpose="billing")["token"] or ""
    mine = f"payment:{uuid4()}"
    processor.authorise(token, amount=5, currency="USD", reference=mine, back=BACK, key="k")
    assert differences() == [(mine, "charge_unknown", "", "5")]


def test_a_second_charge_under_one_reference_is_seen(ada: Buyer, payment: Payment, processor: Sandbox) -> None:
    token = vault.open(ada.card, ["token"], by=ada.me, purpose="billing")["token"] or ""
    processor.authorise(token, amount=1999, currency="USD", reference=payment.reference, back=BACK, key="other key")
    assert differences() == [(payment.reference, "charge_unknown", "", "1999")]


def test_the_charge_of_someone_erased_is_no_difference(payment: Payment) -> None:
    Notice.objects.create(
        subject=payment.subject, recipient="processor", because=payment.reference, reason="erased",
        asked_at=timezone.now(),
    )  # fmt: skip
    Movement.objects.all().delete()
    payment.delete()
    assert differences() == []


def test_only_what_was_made_since(payment: Payment, processor: Sandbox) -> None:
    processor.refund(payment.processor_id, amount=500, key="by hand")
    assert verbs.reconcile(since=timezone.now() + timedelta(hours=1)).checked == 0


def test_it_takes_as_many_queries_for_many_as_for_one(
    ada: Buyer, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        ada.paid()
    told: list[int] = []
    with django_assert_max_num_queries(6):
        assert verbs.reconcile(progress=told.append).checked == 30
    monkeypatch.setattr(reconciling, "CHUNK", 8)
    assert verbs.reconcile(progress=told.append) == verbs.Reconciled(30, [])
    assert told == [30, 8, 16, 24, 30]
