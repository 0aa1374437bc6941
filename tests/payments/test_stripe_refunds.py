"""A refund that the person's bank sends back is with us again, however late Stripe says so."""

from dataclasses import replace
from typing import Any

import pytest

from tests.payments.conftest import Typed
from tests.payments.people import buyer
from tests.payments.stripe_stand import CHARGE, INTENT, Stand, listed
from upheld.payments import verbs
from upheld.payments.processor import Charge, Kind, Moved
from upheld.payments.recording import record
from upheld.payments.sandbox.client import Sandbox
from upheld.payments.stripe import reading
from upheld.payments.stripe.client import Stripe

REFUND = {"id": "re_1", "object": "refund", "amount": 400, "status": "succeeded", "created": 1_795_000_200}
CAPTURED = CHARGE | {"captured": True, "amount_captured": 1000}


def intent(**charge: Any) -> dict[str, Any]:
    return INTENT | {"status": "succeeded", "latest_charge": CAPTURED | charge}


def refunds(charge: Charge | None) -> list[tuple[str, str, int]]:
    assert charge is not None
    found = [(each.id, each.kind.value, each.amount) for each in charge.movements]
    return [each for each in found if each[1].startswith("refund")]


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_what_failed_later_is_a_movement_of_its_own(status: str) -> None:
    charge = reading.charge(intent(), [REFUND | {"status": status}], [])
    assert refunds(charge) == [("re_1", "refund", 400), ("re_1:failed", "refund_failed", 400)]


@pytest.mark.parametrize("status", ["pending", "requires_action", "succeeded"])
def test_what_is_on_its_way_counts_as_given_back(status: str) -> None:
    assert refunds(reading.charge(intent(), [REFUND | {"status": status}], [])) == [("re_1", "refund", 400)]


def test_it_is_seen_though_the_charge_counts_nothing_as_refunded(at_stripe: Stripe, stand: Stand) -> None:
    failed = listed(REFUND | {"status": "failed"})
    stand.says("GET /v1/payment_intents/pi_1", intent(amount_refunded=0, refunds=failed))
    assert refunds(at_stripe.fetch("pi_1"))[-1] == ("re_1:failed", "refund_failed", 400)
    assert len(stand.told) == 1, "the charge says it, and nothing more is asked"


@pytest.mark.parametrize("said", [{}, {"refunds": listed(REFUND) | {"has_more": True}}])
def test_they_are_asked_for_where_the_charge_does_not_say_all(
    at_stripe: Stripe, stand: Stand, said: dict[str, Any]
) -> None:
    stand.says("GET /v1/payment_intents/pi_1", intent(**said))
    stand.says("GET /v1/refunds", listed(REFUND, REFUND | {"id": "re_2", "amount": 100}))
    assert refunds(at_stripe.fetch("pi_1")) == [("re_1", "refund", 400), ("re_2", "refund", 100)]


@pytest.mark.django_db
def test_what_came_back_is_ours_to_give_back_again(processor: Sandbox, typed: Typed) -> None:
    ada = buyer(typed)
    payment = ada.paid(1000)
    verbs.capture(payment, amount=1000, by=ada.me)
    verbs.give_back(payment, amount=1000, by=ada.me)
    payment.refresh_from_db()
    charge = processor.fetch(payment.processor_id)
    assert charge is not None
    back = Moved("re_1:failed", Kind.REFUND_FAILED, 1000, charge.movements[-1].at)
    record(payment, replace(charge, movements=(*charge.movements, back)), by=ada.me)
    assert (payment.totals.refunded, payment.totals.ours) == (0, 1000)
    assert verbs.reconcile().differences[0].what == "refund_failed"
