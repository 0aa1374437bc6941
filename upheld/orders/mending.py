"""A person mends what keeps their order from being filled, in place: another card, a right address, another item."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from upheld import vault
from upheld.orders import addresses, charging, drafting, placing, pricing, stock, troubling
from upheld.orders.answers import Later, Refusal
from upheld.orders.errors import NotNow
from upheld.orders.following import follow, held
from upheld.orders.models import PARCEL, Line, Order, Shipment, Trouble, Variant
from upheld.orders.placing import Answer
from upheld.orders.restating import restate
from upheld.orders.steps import enter
from upheld.orders.troubling import DECLINED, MENDED, OUT_OF_STOCK, UNDELIVERABLE
from upheld.payments import money
from upheld.payments.answers import Unanswered
from upheld.payments.models import Card
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.restricting import own_purpose

SOURCE, PURPOSE = "order", "fulfilment"
NO_ANSWER = Later("The payment processor does not answer. Try again in a moment: nothing is charged twice.")
OTHER_COUNTRY = Refusal(
    "Tax and shipping depend on the country, so it cannot change. Cancel this order and make another one.", "country"
)
COSTS_MORE = Refusal("It costs more than what it stands in for. Cancel this order and make another one.", "variant")
NOT_SOLD = Refusal("This is not sold any more. Choose something else.", "variant")
HAD_ALREADY = Refusal("This is in the order already. Choose something else.", "variant")
NOT_ENOUGH = Refusal("There is not enough of this left. Choose something else.", "variant")


def mend_card(
    trouble: Trouble, *, card: Card | None = None, card_token: str = "", by: Actor, back: str = ""
) -> Answer | Refusal | Later:
    """Pay with another card, or once more with the same one. Must not run inside a transaction.

    Raises NotNow when the trouble is over or another one, Refused.
    """
    require(Act.ORDER_MEND, by=by, subject=trouble.subject)
    order = Order.objects.get(subject=trouble.subject, pk=trouble.order)
    _check(order, trouble, DECLINED)
    kept = drafting.kept_card(order.subject, card, card_token, by=by)
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        order = held(order)
        _check(order, trouble, DECLINED)
        order.card = kept
        order.save(update_fields=["card"])
        enter(Act.ORDER_MEND, order, by=by, kind=DECLINED, row=trouble.reference, card=f"card:{kept}")
        asked = charging.ask_release(order, by=by)  # what the card before still reserves and would not let be taken
    if any(isinstance(answer, Unanswered) for answer in charging.carry_out(asked, by=by)):
        return NO_ANSWER
    follow(order)
    return placing.pay(order, by=by, back=back)


@transaction.atomic
def mend_address(trouble: Trouble, *, details: Mapping[str, str], by: Actor) -> Order | Refusal:
    """Another address in the same country; the old one cannot be read afterwards, and a carrier that has it is told.
    What was issued keeps the name that it says, and a correction stands beside it.

    Raises NotNow, Refused.
    """
    require(Act.ORDER_MEND, by=by, subject=trouble.subject)
    order = troubling.locked(trouble)
    _check(order, trouble, UNDELIVERABLE)
    purpose = own_purpose(PURPOSE, subject=order.subject, by=by)
    opened = vault.open(order, ["country", "name"], by=by, purpose=purpose, because=order.reference)
    country = opened["country"] or ""
    if details.get("country", country).upper() != country:
        return OTHER_COUNTRY
    typed = drafting.read({**details, "country": country, "email": ""}, parcel=True, known=True)
    if isinstance(typed, Refusal):
        return typed
    where = {name: typed.sealed.get(name, "") for name in addresses.PARTS if name in {*typed.sealed, *order.held()}}
    vault.correct(order, where, source=SOURCE, by=by, because=order.reference)
    if typed.sealed["name"] != opened["name"]:
        restate(order, "name", typed.sealed["name"], by=by, source=SOURCE, because=order.reference)
    Shipment.objects.of(order).filter(shipped_at__isnull=False, returned_at=None).update(returned_at=timezone.now())
    troubling.end(order, ending=MENDED, by=by, kinds=(UNDELIVERABLE,))
    return order


@transaction.atomic
def mend_item(trouble: Trouble, *, variant: Variant, by: Actor) -> Order | Refusal:
    """Something else in place of what is not there, as many of it, for no more money. Raises NotNow, Refused."""
    require(Act.ORDER_MEND, by=by, subject=trouble.subject)
    order = troubling.locked(trouble)
    _check(order, trouble, OUT_OF_STOCK)
    line = Line.objects.of(order).get(sku=trouble.reason, invoice=None)
    other = Variant.objects.select_related("product").get(pk=variant.pk)
    if other.withdrawn_at or other.product.withdrawn_at or other.product.kind != PARCEL or other.sku == line.sku:
        return NOT_SOLD
    tax = money.share(other.price * line.quantity, line.tax_rate)
    if other.currency != order.currency or other.price * line.quantity + tax > line.total:
        return COSTS_MORE
    if Line.objects.of(order).filter(sku=other.sku).exists():
        return HAD_ALREADY
    line.variant, line.sku, line.title, line.price, line.tax = (
        other.pk, other.sku, pricing.title_of(other), other.price, tax,
    )  # fmt: skip
    if not stock.take([line]):
        return NOT_ENOUGH
    line.save(update_fields=["variant", "sku", "title", "price", "tax"])
    enter(Act.ORDER_MEND, order, by=by, kind=OUT_OF_STOCK, row=line.reference, variant=str(other.pk))
    troubling.end(order, ending=MENDED, by=by, kinds=(OUT_OF_STOCK,))
    return order


def _check(order: Order, trouble: Trouble, kind: str) -> None:
    if trouble.kind != kind:
        raise NotNow(order, "mended so", "that is not what keeps it from being filled.")
    if not troubling.open_troubles(order).filter(pk=trouble.pk).exists():
        raise NotNow(order, "mended", "there is nothing to mend any more.")
