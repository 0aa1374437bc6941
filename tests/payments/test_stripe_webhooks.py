"""Stripe's webhooks are believed by their signature, for five minutes. The vector was made with OpenSSL."""

import pytest

from upheld.payments.errors import NotFromProcessor
from upheld.payments.processor import Event
from upheld.payments.stripe.client import Stripe

# printf '1795393543.%s' "$BODY" | openssl dgst -sha256 -hmac whsec_example
BODY = (
    b'{"id":"evt_1","object":"event","type":"charge.refunded",'
    b'"data":{"object":{"id":"ch_1","object":"charge","payment_intent":"pi_1"}}}'
)
SIGNED = "t=1795393543,v1=5282f544a88d7b7544058cc48f045022b71531a7915545ef374279d231e6637a"


@pytest.fixture
def _then(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time at which the vector was signed, and a little."""
    monkeypatch.setattr("stripe._webhook.time.time", lambda: 1_795_393_543 + 299)


@pytest.mark.usefixtures("_then")
def test_a_webhook_is_believed_by_its_signature(at_stripe: Stripe) -> None:
    assert at_stripe.event(BODY, {"stripe-signature": SIGNED}) == Event("evt_1", "pi_1", "charge.refunded")
    for body, headers in (
        (BODY + b" ", {"Stripe-Signature": SIGNED}),
        (BODY, {"Stripe-Signature": SIGNED.replace("t=1", "t=2")}),
        (BODY, {"Stripe-Signature": ""}),
        (BODY, {}),
    ):
        with pytest.raises(NotFromProcessor):
            at_stripe.event(body, headers)


def test_an_old_webhook_is_not_believed(at_stripe: Stripe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stripe._webhook.time.time", lambda: 1_795_393_543 + 301)
    with pytest.raises(NotFromProcessor):
        at_stripe.event(BODY, {"Stripe-Signature": SIGNED})
