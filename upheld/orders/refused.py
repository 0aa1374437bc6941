"""What is not done for an order while its person refuses the use of their data for it: it waits, and goes on by itself
when they allow the use again."""

from upheld.orders.answers import Refusal
from upheld.orders.models import PARCEL, Line, Order
from upheld.policy.standing import BILLING, FULFILMENT
from upheld.vault.restricting import restricted

WORDS = {
    BILLING: Refusal("The person has us use their data for no payment now. The order waits until they allow it again."),
    FULFILMENT: Refusal("The person has us hand their data to nobody now. The order waits until they allow it again."),
}


def refused(order: Order, *purposes: str) -> Refusal | None:
    """Why it waits, when they refused one of these purposes; in words for staff."""
    standing = restricted(order.subject)
    return next((WORDS[purpose] for purpose in purposes if purpose in standing), None)


THEIRS = Refusal(
    "You had us stop using your data for what this order needs. Allow that again in your account, under Requests."
)


def uses(order: Order) -> tuple[str, ...]:
    """The purposes without which it cannot be filled."""
    has_parcel = Line.objects.of(order).filter(kind=PARCEL).exists()
    return (BILLING, FULFILMENT) if has_parcel else (BILLING,)
