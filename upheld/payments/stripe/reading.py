"""A PaymentIntent, with its charge, refunds and disputes, as a charge of ours.

Stripe says how much was captured, not what was captured when: one capture is all that a charge can have, and what it
leaves is released at once (API 2025-03-31 and newer make no refund of that). Movements get ids made of Stripe's own.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from upheld.payments.processor import Charge, Kind, Moved, State
from upheld.payments.stripe.answers import decline

Object = Mapping[str, Any]

STATES = {
    "canceled": State.CANCELLED,
    "processing": State.CHALLENGED,  # not yet decided: for a card, moments
    "requires_action": State.CHALLENGED,
    "requires_capture": State.AUTHORISED,
    "requires_confirmation": State.CHALLENGED,
    "requires_payment_method": State.DECLINED,
    "succeeded": State.AUTHORISED,
}
# ISO 4217 gives these no minor units; Stripe has two digits for them all the same, which must be zeros.
HUNDREDFOLD = {"isk", "ugx"}
CAME_BACK = {"failed", "canceled"}  # refunds


def to_stripe(amount: int, currency: str) -> int:
    return amount * 100 if currency.lower() in HUNDREDFOLD else amount


def from_stripe(amount: int, currency: str) -> int:
    return amount // 100 if currency.lower() in HUNDREDFOLD else amount


def charge(intent: Object, refunds: Iterable[Object], disputes: Iterable[Object]) -> Charge:
    """`intent` with latest_charge.balance_transaction expanded."""
    state = STATES[intent["status"]]
    wrong = intent.get("last_payment_error") or {}
    reason = decline(wrong.get("decline_code"), wrong.get("code")) if state is State.DECLINED else ""
    action = intent.get("next_action") or {}
    moved = [*_moved(intent), *_refunded(refunds), *_disputed(disputes)]
    return Charge(
        id=intent["id"],
        reference=(intent.get("metadata") or {}).get("reference", ""),
        state=state,
        amount=from_stripe(intent["amount"], intent["currency"]),
        currency=intent["currency"].upper(),
        movements=tuple(
            Moved(name, kind, from_stripe(amount, intent["currency"]), _time(at)) for name, kind, amount, at in moved
        ),
        decline=reason,
        challenge=(action.get("redirect_to_url") or {}).get("url", "") if state is State.CHALLENGED else "",
    )


Found = tuple[str, Kind, int, int]


def _moved(intent: Object) -> Iterator[Found]:
    made = intent.get("latest_charge")
    if not made or made["status"] != "succeeded":
        return
    yield made["id"], Kind.AUTHORISE, intent["amount"], made["created"]
    captured = made.get("amount_captured", made["amount"]) if made["captured"] else 0
    at = (made.get("balance_transaction") or made)["created"]
    if captured:
        yield f"{made['id']}:capture", Kind.CAPTURE, captured, at
    released = intent["amount"] - captured
    if released and (made["captured"] or intent["status"] == "canceled"):
        yield f"{made['id']}:release", Kind.CANCEL, released, intent.get("canceled_at") or at


def _refunded(refunds: Iterable[Object]) -> Iterator[Found]:
    """A refund may fail weeks after it was made, when the bank sends it back. Stripe does not say when it did."""
    for each in refunds:
        yield each["id"], Kind.REFUND, each["amount"], each["created"]
        if each["status"] in CAME_BACK:
            yield f"{each['id']}:failed", Kind.REFUND_FAILED, each["amount"], each["created"]


def _disputed(disputes: Iterable[Object]) -> Iterator[Found]:
    """A warning is an inquiry: nothing has moved."""
    for each in disputes:
        if not each["status"].startswith("warning"):
            yield each["id"], Kind.DISPUTE, each["amount"], each["created"]
            if each["status"] == "won":
                at = max((moved["created"] for moved in each["balance_transactions"]), default=each["created"])
                yield f"{each['id']}:won", Kind.DISPUTE_WON, each["amount"], at


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
