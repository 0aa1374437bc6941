"""Money goes back, in whole or in part, and a credit note says for what."""

from django.db import transaction

from upheld import vault
from upheld.orders import charging, owing
from upheld.orders.answers import Later, Refusal
from upheld.orders.charging import Asked
from upheld.orders.following import follow, held
from upheld.orders.models import Order
from upheld.orders.steps import checked_reason, enter, record
from upheld.orders.sums import sums_of
from upheld.orders.writing import SHOP
from upheld.payments.answers import Refused, Unanswered
from upheld.payments.money import shown
from upheld.payments.processor import Kind
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

NOT_CHARGED = Refusal("Nothing was charged for this order yet. Cancel it instead.", "amount")
MEANWHILE = Refusal("Something was given back since you looked. Look at what is left, then say how much.", "amount")
NOTHING_LEFT = Refusal("Nothing is left to give back.", "amount")
LATER = Later("The payment processor has not answered yet. We go on asking, and the money is given back once.")

NOT_NOW = Later("The payment processor would not give it back now. We ask again, and the order says when we give up.")


def refund(
    order: Order, *, amount: int | None = None, seen: int | None = None, by: Actor, reason: str = ""
) -> Order | Refusal | Later:
    """Give back an amount with tax in minor units, or all that was charged and is still ours. With `seen`, only while
    just so much is left: whoever sends a form twice gives back once.

    Must not run inside a transaction. Raises ReasonUnknown, Refused.
    """
    require(Act.ORDER_REFUND, by=by, subject=order.subject)
    asked = _ask(order, amount, seen, by=by, reason=checked_reason(reason))
    if isinstance(asked, Refusal):
        return asked
    answers = charging.carry_out(asked, by=SHOP)  # what is decided is done, though the case may close meanwhile
    follow(order)
    for answer in answers:
        if isinstance(answer, Refused):
            return NOT_NOW
        if isinstance(answer, Unanswered):
            return LATER
    return order


def left(order: Order) -> int:
    """How much can still be given back, in minor units: what is ours, without what is decided or under way already."""
    return sums_of(order).held - max(owing.owed(order), charging.under_way(order, Kind.REFUND))


@transaction.atomic
def _ask(order: Order, amount: int | None, seen: int | None, *, by: Actor, reason: str) -> Asked | Refusal:
    order = held(order)
    free = left(order)
    wanted = free if amount is None else amount
    if not sums_of(order).captured:
        return NOT_CHARGED
    if free <= 0:
        return NOTHING_LEFT
    if seen is not None and seen != free:
        return MEANWHILE
    if wanted <= 0:
        return Refusal("Give an amount above zero.", "amount")
    if wanted > free:
        return Refusal(f"No more than {shown(free, order.currency)} can be given back.", "amount")
    if not vault.is_erased(order.subject):  # whose story is gone, and stays gone
        record(order, "refund_asked", by=by, reason=reason, amount=wanted)
    enter(Act.ORDER_REFUND, order, by=by, amount=wanted, currency=order.currency, reason=reason)
    return charging.ask_refund(order, wanted, by=by)
