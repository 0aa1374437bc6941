"""Stripe forgets: by a redaction job where it opened those for us, and else as far as it can be asked to."""

from tests.payments.stripe_stand import INTENT, Stand, listed
from upheld.payments.stripe.client import Stripe

JOB = {"id": "prj_1", "object": "privacy.redaction_job"}


def test_a_card_is_redacted_and_asked_after(at_stripe: Stripe, stand: Stand) -> None:
    customer = {"id": "cus_1", "object": "customer", "created": 1, "metadata": {"reference": "card:1"}}
    stand.says("GET /v1/customers", listed(customer))
    stand.says("POST /v1/privacy/redaction_jobs", JOB | {"status": "validating"})
    stand.says("GET /v1/privacy/redaction_jobs/prj_1", JOB | {"status": "validating"})
    stand.says("GET /v1/privacy/redaction_jobs/prj_1", JOB | {"status": "ready"})
    stand.says("GET /v1/privacy/redaction_jobs/prj_1", JOB | {"status": "succeeded"})
    stand.says("POST /v1/privacy/redaction_jobs/prj_1/run", JOB | {"status": "redacting"})
    assert [at_stripe.forget("card:1", key="forget") for _ in range(3)] == [False, False, True]
    made = stand.asked("POST /v1/privacy/redaction_jobs")
    assert made.given == {"objects[customers][0]": "cus_1", "validation_behavior": "fix"}
    assert (made.key, made.version) == ("forget", "2026-04-22.preview")
    assert stand.asked("POST /v1/privacy/redaction_jobs/prj_1/run").key == "forget:run"


def test_where_redaction_is_closed_the_customer_is_deleted(at_stripe: Stripe, stand: Stand) -> None:
    customer = {"id": "cus_1", "object": "customer", "created": 1, "metadata": {"reference": "card:1"}}
    stand.says("GET /v1/customers", listed(customer))
    stand.says("DELETE /v1/customers/cus_1", {"id": "cus_1", "object": "customer", "deleted": True})
    assert at_stripe.forget("card:1", key="forget")
    assert stand.asked("DELETE /v1/customers/cus_1")


def test_where_redaction_is_closed_a_payment_loses_our_reference(at_stripe: Stripe, stand: Stand) -> None:
    stand.says("GET /v1/payment_intents", listed(INTENT))
    stand.says("POST /v1/payment_intents/pi_1", INTENT)
    assert at_stripe.forget("payment:1", key="forget")
    told = stand.asked("POST /v1/payment_intents/pi_1")
    assert (told.key, told.given) == ("forget:pi_1", {"metadata[reference]": ""})


def test_what_stripe_does_not_hold_is_forgotten(at_stripe: Stripe, stand: Stand) -> None:
    stand.says("GET /v1/customers", listed())
    assert at_stripe.forget("card:1", key="forget")
