"""What our client sends to Stripe, and how it reads what Stripe answers, where localstripe cannot show it."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.payments.stripe_stand import CHARGE, INTENT, METHOD, PAGE, Stand, listed
from upheld.payments.errors import CardDeclined, KeyReused, ProcessorRefused, Unreachable
from upheld.payments.processor import State
from upheld.payments.stripe import reading
from upheld.payments.stripe.client import Stripe

BACK = "https://localhost:8443/order/"


def authorise(at_stripe: Stripe, **more: Any) -> Any:
    asked = {"amount": 1000, "currency": "USD", "reference": "payment:1", "back": BACK, "key": "key-1"}
    return at_stripe.authorise("cus_1/pm_1", **asked | more)


def test_a_charge_says_our_reference_and_nothing_about_the_person(at_stripe: Stripe, stand: Stand) -> None:
    stand.says("POST /v1/payment_intents", INTENT)
    assert authorise(at_stripe).state is State.AUTHORISED
    told = stand.asked("POST /v1/payment_intents")
    assert told.key == "key-1"
    assert told.given == {
        "amount": "1000", "currency": "usd", "customer": "cus_1", "payment_method": "pm_1",
        "payment_method_types[0]": "card", "capture_method": "manual", "confirm": "true",
        "metadata[reference]": "payment:1", "expand[0]": "latest_charge.balance_transaction",
        "expand[1]": "latest_charge.refunds", "return_url": BACK,
    }  # fmt: skip


def test_off_session_nobody_can_be_led_anywhere(at_stripe: Stripe, stand: Stand) -> None:
    stand.says("POST /v1/payment_intents", INTENT)
    authorise(at_stripe, off_session=True)
    given = stand.asked("POST /v1/payment_intents").given
    assert given["off_session"] == "true"
    assert "return_url" not in given


def test_3_d_secure_leads_to_the_banks_page(at_stripe: Stripe, stand: Stand) -> None:
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://hooks.stripe.com/3ds", "return_url": BACK}}
    stand.says(
        "POST /v1/payment_intents", INTENT | {"status": "requires_action", "next_action": action, "latest_charge": None}
    )
    charge = authorise(at_stripe)
    assert (charge.state, charge.challenge, charge.movements) == (State.CHALLENGED, "https://hooks.stripe.com/3ds", ())


@pytest.mark.parametrize(
    ("code", "particular", "reason"),
    [
        ("card_declined", "generic_decline", "declined"),
        ("card_declined", "insufficient_funds", "insufficient_funds"),
        ("card_declined", "stolen_card", "lost_card"),
        ("card_declined", "fraudulent", "fraud"),
        ("expired_card", None, "expired_card"),
        ("incorrect_cvc", None, "wrong_cvc"),
        ("processing_error", None, "processing_error"),
        ("authentication_required", "authentication_required", "challenge_failed"),
    ],
)
def test_declines_have_one_name_whoever_declines(
    at_stripe: Stripe, stand: Stand, code: str, particular: str | None, reason: str
) -> None:
    error = {"type": "card_error", "code": code, "decline_code": particular, "message": "No."}
    declined = INTENT | {"status": "requires_payment_method", "last_payment_error": error, "latest_charge": None}
    stand.says("POST /v1/payment_intents", {"error": error | {"payment_intent": declined}}, 402)
    stand.says("GET /v1/payment_intents/pi_1", declined)
    charge = authorise(at_stripe)
    assert (charge.id, charge.state, charge.decline) == ("pi_1", State.DECLINED, reason)
    stand.says("GET /v1/payment_methods/pm_1", METHOD | {"card": {}})
    stand.says("POST /v1/customers", {"error": error}, 402)
    with pytest.raises(CardDeclined) as refused:
        at_stripe.keep_card("pm_1", reference="card:1", key="keep")
    assert refused.value.reason == reason


def test_every_write_carries_its_key(at_stripe: Stripe, stand: Stand) -> None:
    card = {"brand": "visa", "last4": "4242", "exp_month": 4, "exp_year": 2030}
    stand.says("GET /v1/payment_methods/pm_1", METHOD | {"card": card})
    stand.says("POST /v1/customers", {"id": "cus_1", "object": "customer"})
    stand.says("POST /v1/checkout/sessions", PAGE)
    for path in ("", "/pi_1/capture", "/pi_1/cancel"):
        stand.says(f"POST /v1/payment_intents{path}", INTENT)
    stand.says("GET /v1/payment_intents/pi_1", INTENT)
    stand.says("POST /v1/refunds", {"id": "re_1", "object": "refund"})
    assert at_stripe.keep_card("pm_1", reference="card:1", key="k1").token == "cus_1/pm_1"
    assert at_stripe.card_page(back=BACK, reference="card:1", key="k2").url == "https://checkout/"
    authorise(at_stripe, key="k3")
    at_stripe.capture("pi_1", amount=1, key="k4")
    at_stripe.cancel("pi_1", key="k5")
    at_stripe.refund("pi_1", amount=1, key="k6")
    keys = [told.key for told in stand.told if told.line.startswith("POST")]
    assert keys == ["k1", "k2:customer", "k2", "k3", "k4", "k5", "k6"]


def test_a_card_page_takes_a_card_and_asks_for_nothing_else(at_stripe: Stripe, stand: Stand) -> None:
    stand.says("POST /v1/customers", {"id": "cus_1", "object": "customer"})
    stand.says("POST /v1/checkout/sessions", PAGE)
    assert at_stripe.card_page(back=BACK, reference="card:1", key="k").setup == "cs_1"
    assert stand.asked("POST /v1/customers").given == {"metadata[reference]": "card:1"}
    given = stand.asked("POST /v1/checkout/sessions").given
    assert 0 < int(given.pop("expires_at")) - time.time() < 2 * 3600, "before it is forgotten"
    assert given == {
        "mode": "setup", "payment_method_types[0]": "card", "success_url": BACK, "cancel_url": BACK,
        "customer": "cus_1",
    }  # fmt: skip


def test_the_card_typed_there_is_kept_under_our_reference(at_stripe: Stripe, stand: Stand) -> None:
    done = {"status": "succeeded", "payment_method": "pm_1"}
    stand.says("GET /v1/checkout/sessions/cs_1", PAGE | {"setup_intent": {"status": "requires_payment_method"}})
    stand.says("GET /v1/checkout/sessions/cs_1", PAGE | {"setup_intent": done})
    assert at_stripe.token_of("cs_1") == ""
    assert at_stripe.token_of("cs_1") == "pm_1"
    card = {"brand": "amex", "last4": "0005", "exp_month": 12, "exp_year": 2031}
    stand.says("GET /v1/payment_methods/pm_1", METHOD | {"customer": "cus_1", "card": card})
    stand.says("POST /v1/customers/cus_1", {"id": "cus_1", "object": "customer"})
    kept = at_stripe.keep_card("pm_1", reference="card:1", key="keep")
    assert (kept.token, kept.brand, kept.last4, kept.expiry) == ("cus_1/pm_1", "amex", "0005", "2031-12")
    assert stand.asked("POST /v1/customers/cus_1").given == {"metadata[reference]": "card:1"}


@pytest.mark.parametrize(
    ("status", "error", "ours"),
    [
        (400, {"type": "idempotency_error"}, KeyReused),
        (400, {"type": "invalid_request_error", "code": "amount_too_large"}, ProcessorRefused),
        (401, {"type": "invalid_request_error"}, ProcessorRefused),
        (403, {"type": "invalid_request_error"}, ProcessorRefused),
        (409, {"type": "idempotency_error", "code": "idempotency_key_in_use"}, Unreachable),
        (429, {"type": "invalid_request_error", "code": "lock_timeout"}, Unreachable),
        (500, {"type": "api_error"}, Unreachable),
    ],
)
def test_refusals_are_told_from_silence(
    at_stripe: Stripe, stand: Stand, status: int, error: dict[str, str], ours: type[Exception]
) -> None:
    stand.says("POST /v1/payment_intents", {"error": error | {"message": "No."}}, status)
    with pytest.raises(ours):
        authorise(at_stripe)
    assert len(stand.told) == 1, "never tried again behind our back"


def test_a_charge_is_read_with_all_that_moved() -> None:
    captured = CHARGE | {"captured": True, "amount_captured": 700, "balance_transaction": {"created": 1_795_000_100}}
    refunds = [
        {"id": "re_1", "amount": 50, "status": "succeeded", "created": 1_795_000_200},
        {"id": "re_2", "amount": 60, "status": "failed", "created": 1_795_000_200},
    ]
    moved = [{"created": 1_795_000_300}, {"created": 1_795_000_900}]
    disputes = [
        {"id": "dp_1", "amount": 700, "status": "won", "created": 1_795_000_300, "balance_transactions": moved},
        {"id": "dp_2", "amount": 700, "status": "warning_needs_response", "created": 1, "balance_transactions": []},
    ]
    charge = reading.charge(INTENT | {"status": "succeeded", "latest_charge": captured}, refunds, disputes)
    assert [(each.id, each.kind.value, each.amount, int(each.at.timestamp()) % 1000) for each in charge.movements] == [
        ("ch_1", "authorise", 1000, 0),
        ("ch_1:capture", "capture", 700, 100),
        ("ch_1:release", "cancel", 300, 100),
        ("re_1", "refund", 50, 200),
        ("re_2", "refund", 60, 200),
        ("re_2:failed", "refund_failed", 60, 200),
        ("dp_1", "dispute", 700, 300),
        ("dp_1:won", "dispute_won", 700, 900),
    ]


def test_it_is_found_though_the_search_lags_or_is_missing(at_stripe: Stripe, stand: Stand) -> None:
    other = INTENT | {"id": "pi_0", "metadata": {"reference": "payment:10"}}
    stand.says("GET /v1/payment_intents", listed(other, INTENT))
    stand.says("GET /v1/payment_intents/pi_1", INTENT)
    found = at_stripe.find("payment:1")
    assert found is not None
    assert found.id == "pi_1"
    assert int(stand.asked("GET /v1/payment_intents").given["created[gte]"]) > time.time() - 4000
    stand.answers["GET /v1/payment_intents"] = [(200, listed())]
    assert at_stripe.find("payment:1") is None
    stand.says(
        "GET /v1/payment_intents/search", {"object": "search_result", "data": [INTENT], "has_more": False, "url": "x"}
    )
    assert at_stripe.find("payment:1") == found
    assert stand.asked("GET /v1/payment_intents/search").given["query"] == 'metadata["reference"]:"payment:1"'


def test_charges_come_oldest_first_page_by_page(at_stripe: Stripe, stand: Stand) -> None:
    newer, older = INTENT | {"id": "pi_2", "created": 20}, INTENT | {"id": "pi_1", "created": 10}
    stand.says("GET /v1/payment_intents", listed(newer) | {"has_more": True, "url": "/v1/payment_intents"})
    stand.says("GET /v1/payment_intents", listed(older))
    since = datetime(2026, 11, 1, tzinfo=UTC)
    assert [charge.id for charge in at_stripe.charges(since=since)] == ["pi_1", "pi_2"]
    assert stand.told[0].given["created[gte]"] == str(int(since.timestamp()))
    assert stand.told[1].given["starting_after"] == "pi_2"
