"""The order form: what was typed is checked and sealed, and the person sees what it costs before they order.

Nothing is asked of the processor but to keep a card that was just typed, and that outside any transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from upheld import vault
from upheld.contact.addresses import read as read_email
from upheld.contact.errors import NotAnAddress
from upheld.orders import addresses, catalogue, guests, numbers
from upheld.orders.addresses import AddressUnfit
from upheld.orders.answers import Refusal
from upheld.orders.models import Line, Order, Step
from upheld.orders.pricing import Priced, Totals
from upheld.orders.steps import enter, record
from upheld.payments import verbs as payments
from upheld.payments.answers import Declined
from upheld.payments.models import Card
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.errors import Erased

SOURCE = "order"
WHERE = ("name", *addresses.PARTS)  # what only a parcel needs
EXPIRED = Refusal("This took too long. Send it once more.", "card")
ORDERED = Refusal("This basket was ordered already. Fill another one.", "items")
NO_CARD = Refusal("Give a card to pay with.", "card")


@dataclass(frozen=True)
class Typed:
    """What was typed, cleaned: to be sealed by field, and the letters' address apart."""

    email: str
    sealed: Mapping[str, str]


def draft(
    *, basket: UUID, items: Sequence[tuple[UUID, int]], details: Mapping[str, str], card: Card | None,
    card_token: str, subject: UUID | None, by: Actor,
) -> Order | Refusal:  # fmt: skip
    """Seal an order as it was typed, to be looked at and placed; its id is the basket's.

    Drafting again replaces the draft, and once it is placed returns the placed order unchanged to whom it belongs.
    `subject` is None for somebody who is not known. Must not run inside a transaction: a card is kept at the
    processor. Raises Refused.
    """
    require(Act.ORDER_DRAFT, by=by, subject=subject)
    before: Order | None = Order.objects.filter(pk=basket).first()
    if before is not None and before.placed_at is not None:
        return before if _is_theirs(before, details, subject) else ORDERED
    totals = catalogue.quote(items, country=details.get("country", ""))
    if isinstance(totals, Refusal):
        return totals
    typed = read(details, parcel=totals.has_parcel, known=subject is not None)
    if isinstance(typed, Refusal):
        return typed
    whose, own_email = _whose(typed.email, subject, before, by=by)
    values = {**typed.sealed, "email": own_email} if own_email else typed.sealed
    digest = vault.digest("email", own_email) if own_email else None
    try:
        kept = kept_card(whose, card, card_token, by=by)
        if isinstance(kept, Refusal):
            return kept
        return _sealed(Order(id=basket, subject=whose, card=kept, email_digest=digest), before, totals, values, by=by)
    except Erased:
        if subject is not None:
            raise
        return EXPIRED  # a guest of yesterday, at this very moment


def read(details: Mapping[str, str], *, parcel: bool, known: bool) -> Typed | Refusal:
    """The form's fields, checked: the country always, since the tax depends on it; the rest when a parcel needs it."""
    wrong: dict[str, str] = {}
    email, sealed = "", {"country": details.get("country", "").upper()}
    try:
        email = read_email(details.get("email", "")) if details.get("email", "").strip() or not known else ""
    except NotAnAddress as error:
        wrong["email"] = str(error)
    if parcel:
        sealed |= _where(details, sealed["country"], wrong)
    if wrong:
        field = next(iter(wrong))
        return Refusal(wrong.pop(field), field, wrong)
    return Typed(email, {name: value for name, value in sealed.items() if value})


def drop(order: Order) -> None:
    """Delete a draft with all that belongs to it. Call it in a transaction."""
    for model in (Line, Step):
        model.objects.of(order).delete()
    vault.remove(order, by=Actor.system("orders"))


def write_lines(order: Order, lines: Sequence[Priced]) -> None:
    """The lines of a draft, in place of those it had."""
    Line.objects.of(order).delete()
    Line.objects.bulk_create(
        Line(
            subject=order.subject, order=order.pk, variant=line.variant.pk if line.variant else None, sku=line.sku,
            title=line.title, kind=line.kind, quantity=line.quantity, price=line.price, tax_name=line.tax_name,
            tax_rate=line.rate, tax=line.tax,
        )
        for line in lines
    )  # fmt: skip


def _where(details: Mapping[str, str], country: str, wrong: dict[str, str]) -> dict[str, str]:
    """Name and address, as their country has them; what is wrong with them goes into `wrong`."""
    found: dict[str, str] = {}
    try:
        found["name"] = addresses.read_name(details.get("name", ""))
    except AddressUnfit as error:
        wrong |= error.sentences
    try:
        found |= addresses.read(details, country)
    except AddressUnfit as error:
        wrong |= error.sentences
    return found


def _whose(email: str, subject: UUID | None, before: Order | None, *, by: Actor) -> tuple[UUID, str]:
    """Whose it is, and the address that it holds of its own. Whoever looks over the form again stays who they were
    where the address belongs to an account, too: the form tells nobody which addresses do."""
    if subject is not None:
        return subject, guests.other_address(email, subject)
    if before is not None and guests.is_apart(before, email):
        return before.subject, email
    return guests.subject_of(email, by=by)


def kept_card(subject: UUID, card: Card | None, token: str, *, by: Actor) -> UUID | Refusal:
    """The id of the card to charge: a saved one of theirs, or the one just typed."""
    if not token:
        return card.pk if card is not None and card.subject == subject else NO_CARD
    added = payments.add_card(subject, token=token, source=SOURCE, by=by)
    return Refusal(added.sentence, "card") if isinstance(added, Declined) else added.pk


def _is_theirs(placed: Order, details: Mapping[str, str], subject: UUID | None) -> bool:
    """Whether a placed order belongs to whoever is there: the basket's id alone shows nothing."""
    return placed.subject == subject if subject else guests.ordered(placed, details.get("email", ""))


def _sealed(
    order: Order, before: Order | None, totals: Totals, values: Mapping[str, str], *, by: Actor
) -> Order | Refusal:
    """The draft in place of the one before, whose card nothing needs any more if it was a guest's."""
    try:
        sealed = _seal(order, totals, values, by=by)
    except IntegrityError:  # another tab was there at the same moment
        theirs: Order = Order.objects.get(pk=order.pk)
        return theirs if theirs.subject == order.subject else ORDERED
    if before is not None and before.subject == order.subject:
        guests.forget_card(order.subject, before.card)
    return sealed


@transaction.atomic
def _seal(order: Order, totals: Totals, values: Mapping[str, str], *, by: Actor) -> Order | Refusal:
    """Locks the guest before the order: of two tabs one would else hold the order and want the guest, and the other
    the guest and want the order."""
    is_found = by.kind is Kind.VISITOR and order.email_digest is None
    is_gone = is_found and not guests.hold(order.subject)
    before: Order | None = Order.objects.select_for_update().filter(pk=order.pk).first()
    if before is not None and before.placed_at is not None:
        return before if before.subject == order.subject else ORDERED
    if is_gone:
        raise Erased(order.subject)
    if before is not None:
        drop(before)
    order.number, order.currency, order.drafted_at = numbers.new(), totals.currency, timezone.now()
    vault.collect(order, values, source=SOURCE, by=by)
    write_lines(order, totals.lines)
    record(order, "drafted", by=by, amount=totals.total)
    enter(Act.ORDER_DRAFT, order, by=by, total=totals.total, currency=totals.currency, lines=len(totals.lines))
    return order
