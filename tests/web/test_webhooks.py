"""What processors tell the site, at its door: believed when signed, looked up, recorded once."""

import json
import time

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.payments.conftest import Typed
from tests.payments.people import Buyer, buyer
from upheld.payments import processors
from upheld.payments.models import Movement
from upheld.payments.sandbox import signing
from upheld.payments.sandbox.client import Sandbox
from upheld.payments.sandbox.delivering import body

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(processor: Sandbox, typed: Typed) -> Buyer:
    return buyer(typed)


def send(content: bytes, *, signed: str | None = None, ago: int = 0, method: str = "POST") -> HttpResponse:
    """As the sandbox would; another site's browser page would not get further than the signature either."""
    secret = processors.current()._folder.secret("webhook")  # type: ignore[attr-defined]  # the sandbox's
    said = signing.sign(content, secret, at=int(time.time()) - ago) if signed is None else signed
    client = Client(enforce_csrf_checks=True, headers={"Host": "localhost", signing.HEADER: said})
    return client.generic(method, "/webhooks/payments/", content, "application/json", secure=True)


def test_what_moved_is_recorded_once(ada: Buyer, processor: Sandbox) -> None:
    payment = ada.paid(1999)
    processor.capture(payment.processor_id, amount=1999, key="behind our back")
    told = [body(event) for event in processor.events()]
    for content in [*reversed(told), *told]:
        answer = send(content)
        assert (answer.status_code, answer.content) == (200, b"Taken.\n")
        assert not answer.cookies
    assert [each.kind for each in Movement.objects.order_by("at", "id")] == ["authorise", "capture"]
    assert payment.totals.captured == 1999


def test_what_is_not_from_the_processor_is_refused(ada: Buyer, processor: Sandbox) -> None:
    payment = ada.paid(1999)
    processor.capture(payment.processor_id, amount=1999, key="behind our back")
    content = body(processor.events()[-1])
    for answer in (
        send(content, signed=""),
        send(content, signed="t=1,v1=00"),
        send(content, signed=signing.sign(content, "whsec_guessed", at=int(time.time()))),
        send(content, ago=signing.TOLERANCE + 5),
        send(b"not json"),
        send(b"[]"),
    ):
        assert answer.status_code == 400
        assert b"not from the processor, or too old" in answer.content
    assert payment.totals.captured == 0


def test_a_charge_of_somebody_elses_changes_nothing(ada: Buyer, processor: Sandbox) -> None:
    assert (
        send(json.dumps({"id": "evt_1", "charge": "ch_unknown", "kind": "charge.capture"}).encode()).status_code == 200
    )
    assert not Movement.objects.exists()


def test_it_is_sent_again_while_the_charge_cannot_be_fetched(
    ada: Buyer,
    processor: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    payment = ada.paid(1999)
    processor.capture(payment.processor_id, amount=1999, key="behind our back")
    content = body(processor.events()[-1])
    with monkeypatch.context() as broken:
        broken.setattr(processors.current(), "_secret", "wrong")
        assert send(content).status_code == 503
    assert send(content).status_code == 200
    assert payment.totals.captured == 1999


def test_it_takes_posts_of_a_size(processor: Sandbox) -> None:
    assert send(b" " * 65537, signed="").status_code == 413
    assert send(b"", signed="", method="GET").status_code == 405
