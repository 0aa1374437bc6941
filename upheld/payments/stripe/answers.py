"""What Stripe's errors and reasons mean here.

The codes are those of docs.stripe.com/error-codes and docs.stripe.com/declines/codes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import stripe

from upheld.payments.errors import KeyReused, ProcessorRefused, Unreachable

REASONS = {
    "authentication_not_handled": "challenge_failed",
    "authentication_required": "challenge_failed",
    "payment_intent_authentication_failure": "challenge_failed",
    "setup_intent_authentication_failure": "challenge_failed",
    "expired_card": "expired_card",
    "fraudulent": "fraud",
    "merchant_blacklist": "fraud",
    "incorrect_cvc": "wrong_cvc",
    "invalid_cvc": "wrong_cvc",
    "insufficient_funds": "insufficient_funds",
    "issuer_not_available": "processing_error",
    "processing_error": "processing_error",
    "try_again_later": "processing_error",
    "lost_card": "lost_card",
    "pickup_card": "lost_card",
    "stolen_card": "lost_card",
}


class Missing(ProcessorRefused):
    """The processor refused: it has nothing of that id."""

    def __init__(self) -> None:
        super().__init__("")


def decline(*codes: str | None) -> str:
    """One of processor.DECLINES, by the most particular of Stripe's codes that says something."""
    return next((REASONS[code] for code in codes if code in REASONS), "declined")


def reason(error: stripe.CardError) -> str:
    particular = error.error.decline_code if error.error else None
    return decline(particular, error.code)


@contextmanager
def understood() -> Iterator[None]:
    """Stripe's errors as ours; a CardError passes, since what it means depends on what was asked."""
    try:
        yield
    except stripe.CardError:
        raise
    except stripe.IdempotencyError:
        raise KeyReused from None
    except stripe.InvalidRequestError as error:
        if error.http_status == HTTPStatus.NOT_FOUND:
            raise Missing from None
        raise ProcessorRefused(error.code or "invalid_request") from None
    except (stripe.AuthenticationError, stripe.PermissionError):
        raise ProcessorRefused("stripe_key") from None
    except stripe.StripeError:  # the connection, a limit, its own trouble, the same key at work (409): nobody knows
        raise Unreachable from None
