"""A real sandbox for this test process: a program of its own, which the first test that pays starts. And Stripe's."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.payments.stripe_stand import SECRET, Stand
from upheld.home import Home
from upheld.payments.sandbox.client import Sandbox
from upheld.payments.stripe.client import Stripe

Typed = Callable[..., str]


@pytest.fixture(scope="session")
def started(home: Home) -> Iterator[Sandbox]:
    """The program, running. Its secrets are made before any test, and so outlive each of them."""
    sandbox = Sandbox(home, seconds=5)
    sandbox.steer("reset")
    yield sandbox
    sandbox.close()


@pytest.fixture
def processor(started: Sandbox) -> Sandbox:
    """The sandbox, empty and behaving well: it sends no webhook by itself, and none twice or late."""
    started.steer("reset")
    started.steer("behaviour", held=1, doubled=0, delayed=0)
    return started


@pytest.fixture
def typed(processor: Sandbox) -> Typed:
    """Type a card as a browser would; the token."""

    def token(number: str = "4242424242424242", *, month: object = 12, year: object = 2040, cvc: str = "") -> str:
        code = cvc or ("1234" if number.startswith("37") else "123")
        card = {"number": number, "exp_month": month, "exp_year": year, "cvc": code}
        with browser(processor) as visitor:
            answer = visitor.post("tokens", json=card)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    return token


@pytest.fixture
def stand() -> Iterator[Stand]:
    """A server that stands for Stripe."""
    made = Stand()
    yield made
    made.close()


@pytest.fixture
def at_stripe(stand: Stand) -> Iterator[Stripe]:
    """Our client for Stripe, which takes the stand for it."""
    client = Stripe("sk_test_example", webhook_secret=SECRET, url=stand.url, seconds=5)
    yield client
    client.close()


def browser(processor: Sandbox) -> httpx.Client:
    """Somebody without the key."""
    transport = httpx.HTTPTransport(uds=processor._folder.socket)
    return httpx.Client(base_url="http://sandbox/sandbox/v1/", transport=transport)
