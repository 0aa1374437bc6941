"""Having Stripe forget. Redaction jobs are a preview that Stripe opens to those who ask for it; where it is closed,
a customer is deleted, which detaches their cards for good, and a payment loses our reference.
"""

from typing import Any

import stripe

from upheld.payments.errors import ProcessorRefused
from upheld.payments.stripe.answers import understood
from upheld.payments.stripe.finding import under

VERSION = "2026-04-22.preview"
JOBS = "/v1/privacy/redaction_jobs"


def forget(client: stripe.StripeClient, reference: str, *, key: str) -> bool:
    """Redact what Stripe holds under card:… or payment:…. False while Stripe is at it."""
    kind = "customers" if reference.startswith("card:") else "payment_intents"
    found = [each.id for each in under(getattr(client.v1, kind), reference)]
    if not found:
        return True
    try:
        return _redact(client, {kind: found}, key)
    except ProcessorRefused:
        _unlink(client, kind, found, key)
        return True


def _redact(client: stripe.StripeClient, objects: dict[str, list[str]], key: str) -> bool:
    """The key gives the job that was made with it, so that asking again looks how far it is."""
    made = _job(client, "post", JOBS, objects=objects, validation_behavior="fix", idempotency_key=key)
    job = _job(client, "get", f"{JOBS}/{made['id']}")
    if job["status"] == "ready":
        job = _job(client, "post", f"{JOBS}/{made['id']}/run", idempotency_key=f"{key}:run")
    if job["status"] in ("failed", "canceled"):
        raise ProcessorRefused(f"redaction_{job['status']}")
    return bool(job["status"] == "succeeded")


def _job(client: stripe.StripeClient, method: str, path: str, **params: Any) -> dict[str, Any]:
    with understood():
        answer = client.raw_request(method, path, stripe_version=VERSION, **params)
        found: dict[str, Any] = client.deserialize(answer, api_mode="V1").to_dict()
        return found


def _unlink(client: stripe.StripeClient, kind: str, found: list[str], key: str) -> None:
    with understood():
        for each in found:
            options: Any = {"idempotency_key": f"{key}:{each}"}
            if kind == "customers":
                client.v1.customers.delete(each, options=options)
            else:
                client.v1.payment_intents.update(each, {"metadata": {"reference": ""}}, options)
