"""The money for a parcel is taken before it leaves, unless its order is over or has something to be mended."""

from django.db import transaction

from upheld.orders import charging, issuing, pending, placing
from upheld.orders.answers import InTrouble, Later, Refusal
from upheld.orders.following import declined, follow, held
from upheld.orders.models import Order, Shipment
from upheld.orders.placing import Answer
from upheld.orders.refused import refused, uses
from upheld.orders.states import State, state
from upheld.orders.sums import sums_of
from upheld.orders.writing import SHOP
from upheld.payments.processor import Kind

NO_ANSWER = Later("The payment processor has not answered yet. The parcel is shipped as soon as it has.")
CALLED_OFF = Refusal("This order was called off meanwhile, so nothing is shipped. Keep the parcel here.")
OVER = (State.CANCELLED, State.EXPIRED, State.REFUNDED)


def stopped(order: Order, shipment: Shipment) -> Refusal | InTrouble | None:
    """Why nothing more is done for it now: the order is over, and so is the shipment; or it waits for what has to be
    mended, or until its person allows the use of their data again. With the order locked."""
    if not Shipment.objects.of(order).filter(pk=shipment.pk).exists():
        return CALLED_OFF
    now = state(order)
    if now in OVER:
        pending.drop(order)
        return CALLED_OFF
    stands = placing.standing(order)
    return stands if isinstance(stands, InTrouble) else refused(order, *uses(order))


def charge(order: Order, shipment: Shipment) -> InTrouble | Refusal | Later | None:
    """Take what the parcel costs; nothing is answered when it is paid. A reservation that lapsed is made anew."""
    for _ in ("what is reserved", "what is reserved anew"):
        follow(order)
        with transaction.atomic():
            order = held(order)
            why = stopped(order, shipment)
            if why is not None:
                return why
            due = issuing.total(issuing.sent(issuing.uncharged(order)))
            asked = charging.ask_capture(order, due, by=SHOP)
        if not due:
            return None
        charging.carry_out(asked, by=SHOP)
        follow(order)
        if not issuing.sent(issuing.uncharged(order)):
            return None
        if asked or charging.under_way(order, Kind.CAPTURE):
            declined(order, charging.refused_capture(order))
            return _not_taken(order, placing.standing(order))
        if sums_of(order).reserved:
            break
        again = placing.pay(order, by=SHOP, off_session=True)
        if isinstance(again, InTrouble):
            return _not_taken(order, again)
    return NO_ANSWER


@transaction.atomic
def _not_taken(order: Order, stands: Answer) -> InTrouble | Later:
    if not isinstance(stands, InTrouble):
        return NO_ANSWER
    pending.drop(Order.objects.lock(order))
    return stands
