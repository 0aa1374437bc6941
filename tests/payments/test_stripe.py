"""Stripe's client, against `localstripe` where that can do it.

localstripe (a stand-in that others keep) ignores idempotency keys, knows no return address, no search, no creation
dates in lists, no Checkout, no disputes and no redaction, and makes a refund of what a capture leaves, as Stripe did
before 2025. Those parts are tried in test_stripe_requests.py, by what is sent and how an answer is read.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest

from tests.served import free_port
from upheld.payments.errors import CardDeclined, ProcessorRefused, TokenUnknown, Unreachable
from upheld.payments.processor import Charge, State
from upheld.payments.stripe.client import Stripe

KEY = "sk_test_example"
# On the loopback alone: its own command listens everywhere.
SERVE = "from aiohttp import web; from localstripe.server import app; web.run_app(app, host='127.0.0.1', port={})"
Typed = Callable[[str], str]


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-c", SERVE.format(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
        url = f"http://127.0.0.1:{port}"
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with suppress(httpx.TransportError):
                httpx.get(url)
                break
            time.sleep(0.05)
        yield url
        program.kill()


@pytest.fixture
def processor(served: str) -> Iterator[Stripe]:
    httpx.delete(f"{served}/_config/data", headers={"Authorization": f"Bearer {KEY}"})
    client = Stripe(KEY, webhook_secret="whsec_example", url=served)
    yield client
    client.close()


@pytest.fixture
def typed(served: str) -> Typed:
    """A payment method, as Stripe's own page leaves one."""

    def method(number: str = "4242424242424242") -> str:
        card = {"number": number, "exp_month": "4", "exp_year": "2030", "cvc": "123"}
        given = {"type": "card"} | {f"card[{name}]": value for name, value in card.items()}
        answer = httpx.post(f"{served}/v1/payment_methods", data=given, headers={"Authorization": f"Bearer {KEY}"})
        return str(answer.json()["id"])

    return method


@pytest.fixture
def pay(processor: Stripe, typed: Typed) -> Callable[..., Charge]:
    def authorise(number: str = "4242424242424242", *, amount: int = 1000, currency: str = "USD") -> Charge:
        card = processor.keep_card(typed(number), reference="card:1", key="keep")
        return processor.authorise(
            card.token, amount=amount, currency=currency, reference="payment:1", back="", key="pay", off_session=True
        )

    return authorise


def moves(charge: Charge | None) -> list[tuple[str, int]]:
    assert charge is not None
    return [(moved.kind.value, moved.amount) for moved in charge.movements]


def test_a_card_is_kept(processor: Stripe, typed: Typed) -> None:
    card = processor.keep_card(typed("4242424242424242"), reference="card:1", key="keep")
    assert (card.brand, card.last4, card.expiry) == ("visa", "4242", "2030-04")


def test_a_declined_card_is_not_kept(processor: Stripe, typed: Typed) -> None:
    with pytest.raises(CardDeclined) as refused:
        processor.keep_card(typed("4000000000000002"), reference="card:1", key="keep")
    assert refused.value.reason == "declined"


def test_an_unknown_token_is_told(processor: Stripe) -> None:
    with pytest.raises(TokenUnknown):
        processor.keep_card("pm_unknown", reference="card:1", key="keep")


def test_a_charge_is_authorised_captured_and_refunded(processor: Stripe, pay: Callable[..., Charge]) -> None:
    charge = pay()
    assert (charge.state, charge.currency, charge.reference) == (State.AUTHORISED, "USD", "payment:1")
    captured = processor.capture(charge.id, amount=1000, key="capture")
    assert moves(captured) == [("authorise", 1000), ("capture", 1000)]
    refunded = processor.refund(charge.id, amount=400, key="refund")
    assert moves(refunded) == [("authorise", 1000), ("capture", 1000), ("refund", 400)]
    assert processor.fetch(charge.id) == refunded == next(processor.charges())


def test_a_charge_is_cancelled(processor: Stripe, pay: Callable[..., Charge]) -> None:
    charge = processor.cancel(pay().id, key="cancel")
    assert charge.state is State.CANCELLED
    assert moves(charge) == [("authorise", 1000), ("cancel", 1000)]
    with pytest.raises(ProcessorRefused):
        processor.cancel(charge.id, key="cancel again")


def test_a_card_that_is_declined_when_charged_leaves_a_charge(pay: Callable[..., Charge]) -> None:
    charge = pay("4000000000000341")
    assert (charge.state, charge.decline, charge.movements) == (State.DECLINED, "declined", ())


def test_money_without_minor_units_is_counted_as_iso_4217_does(processor: Stripe, pay: Callable[..., Charge]) -> None:
    charge = pay(amount=500, currency="ISK")
    assert (charge.amount, moves(charge)) == (500, [("authorise", 500)])
    assert moves(processor.capture(charge.id, amount=500, key="capture"))[-1] == ("capture", 500)


def test_what_is_unknown_is_none(processor: Stripe) -> None:
    assert processor.fetch("pi_unknown") is None


def test_a_wrong_key_is_a_refusal(served: str) -> None:
    client = Stripe("nokey", webhook_secret="", url=served)
    with pytest.raises(ProcessorRefused):
        client.fetch("pi_1")
    client.close()


def test_silence_is_not_a_refusal() -> None:
    client = Stripe(KEY, webhook_secret="", url=f"http://127.0.0.1:{free_port()}", seconds=1)
    with pytest.raises(Unreachable):
        client.fetch("pi_1")
    client.close()
