"""Ordering: the price is looked at once more, the stock is taken, and the money is reserved; once, however often asked.

    1  the order is placed, its stock taken            one transaction
    2  the card is asked, and its answer recorded      the payments room
    3  what the answer means for the order             one transaction, see `following`

Killed after 1, the sweep goes on with 2.
"""

from django.db import transaction
from django.utils import timezone

from upheld import vault
from upheld.contact.letters import on_site
from upheld.orders import catalogue, charging, following, issuing, stock, troubling
from upheld.orders.answers import InTrouble, Placed, Refusal, StalePrice
from upheld.orders.drafting import write_lines
from upheld.orders.finding import ENDED
from upheld.orders.models import PARCEL, Line, Order, Trouble
from upheld.orders.pricing import Totals
from upheld.orders.refused import THEIRS, refused, uses
from upheld.orders.steps import enter, record, taken
from upheld.orders.sums import sums_of
from upheld.payments import verbs as payments
from upheld.payments.answers import CARD_UNKNOWN, Challenged, Declined, Outcome, Unanswered
from upheld.payments.models import Card
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.standing import BILLING

BACK = "/order/paid/"
Answer = Placed | Challenged | InTrouble


def place(order: Order, *, total: int, by: Actor, back: str = "") -> Answer | StalePrice | Refusal:
    """Order what was drafted, for the total (minor units) that the person saw; `back` is the page to which their
    bank's leads.

    Asked again, it answers how the order stands, and charges nothing twice. Must not run inside a transaction.
    Raises Refused.
    """
    require(Act.ORDER_PLACE, by=by, subject=order.subject)
    refused = _place(order, total, by=by)
    return refused if refused is not None else pay(order, by=by, back=back)


def carry_on(order: Order, *, by: Actor) -> Answer:
    """Look how the payment stands: after the bank's question whether it is the person, or when no answer came."""
    require(Act.ORDER_PLACE, by=by, subject=order.subject)
    payment = charging.latest(order)
    if payment is None:
        return pay(order, by=by)
    return settled(order, payments.look_again(payment, by=by))


def pay(order: Order, *, by: Actor, back: str = "", off_session: bool = False) -> Answer:
    """Have reserved what no invoice charges for yet. While a payment lives it is looked at, and no other is made."""
    if sums_of(order).reserved or not issuing.uncharged(order):
        following.advance(order)
        return standing(order)
    if by.kind is Kind.SYSTEM and refused(order, BILLING) is not None:
        return standing(order)
    card = Card.objects.filter(subject=order.subject, pk=order.card).first()
    if card is None:
        following.declined(order, CARD_UNKNOWN)
        return standing(order)
    due = issuing.total(issuing.uncharged(order))
    outcome = payments.pay(
        pays_for=order.pk, card=card, amount=due, currency=order.currency, back=back or on_site(BACK), by=by,
        off_session=off_session,
    )  # fmt: skip
    return settled(order, outcome)


def settled(order: Order, outcome: Outcome) -> Answer:
    """What the card's answer means for the order."""
    if isinstance(outcome, Challenged):
        return outcome
    if isinstance(outcome, Declined):
        following.declined(order, outcome.reason)
    elif not isinstance(outcome, Unanswered):
        following.advance(order)
    return standing(order)


def standing(order: Order) -> Placed | InTrouble:
    """How a placed order stands for the person who is waiting for it."""
    order = Order.objects.get(subject=order.subject, pk=order.pk)
    found: Trouble | None = troubling.open_troubles(order).order_by("pk").last()
    if found is not None:
        return InTrouble(found, troubling.sentence(found))
    return Placed(order, paid=bool(sums_of(order).authorised))


@transaction.atomic
def _place(order: Order, total: int, *, by: Actor) -> StalePrice | Refusal | None:
    """The order placed, or why not. Nothing, too, for one that was placed before and is not over."""
    found = Order.objects.select_for_update().filter(subject=order.subject, pk=order.pk).first()
    if found is None:
        return Refusal("This order took too long and is gone. Fill in the form again.")
    if taken(found, *ENDED).exists():
        return Refusal("This order is over. Fill the basket again for another one.")
    if found.placed_at is not None:
        order.placed_at = found.placed_at
        return None
    if refused(found, *uses(found)) is not None:
        return THEIRS
    totals = _totals(found, by=by)
    if isinstance(totals, Refusal):
        return totals
    write_lines(found, totals.lines)
    if totals.total != total:
        return StalePrice(totals)
    if not stock.take(Line.objects.of(found).exclude(variant=None)):
        transaction.set_rollback(True)
        return Refusal("Something in the basket was sold out a moment ago. Look at it again.", "items")
    found.placed_at = order.placed_at = timezone.now()
    found.to_send = Line.objects.of(found).filter(kind=PARCEL).exists()
    found.save(update_fields=["placed_at", "to_send"])
    record(found, "placed", by=by, amount=total)
    enter(Act.ORDER_PLACE, found, by=by, total=total, currency=found.currency)
    return None


def _totals(order: Order, *, by: Actor) -> Totals | Refusal:
    """What it costs now. Locks the variants, so that price and stock stay as they are seen."""
    items = [(line.variant, line.quantity) for line in Line.objects.of(order).exclude(variant=None)]
    country = vault.open(order, ["country"], by=by, purpose="billing", because=order.reference)["country"]
    return catalogue.quote(items, country=country or "", lock=True)
