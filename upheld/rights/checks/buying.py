"""The made-up person orders something: with a card that is declined when it is charged, mends that, and calls it off.

With the sandbox alone: a real processor is asked for nothing. The order is the one that was planted, with one line that
no parcel brings and no stock holds, and it is never charged: nothing is taken from a shelf, no invoice gets a number,
and no report of sales has it. What the sandbox keeps of it is told apart by the erasure (`payments.reconciling`).
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone
from stdnum import luhn

from upheld import ledger
from upheld.contact import outbox
from upheld.contact.models import Letter
from upheld.orders import links, mending, numbers, placing, shipping
from upheld.orders import verbs as orders
from upheld.orders.answers import InTrouble, Placed
from upheld.orders.models import SHIPPING, Line, Order, Shipment, Trouble
from upheld.orders.writing import SHOP
from upheld.payments import processors
from upheld.payments import verbs as payments
from upheld.payments.answers import Declined
from upheld.payments.models import Card
from upheld.payments.sandbox.client import Sandbox
from upheld.policy import force
from upheld.policy.acts import Act
from upheld.policy.checks import Finding
from upheld.rights.checks.rehearsal import Nobody, NotToday
from upheld.vault.models import Disclosure

DECLINED_LATER = "4000000000000341"  # the sandbox keeps it, and declines to charge it
CURRENCY, AMOUNT = "EUR", 100
IN_LETTERS = re.compile(r"/order/mend/([\w:.=-]+)/")
NOT_HERE = Finding(True, "no order is made up where the processor takes real cards")


@dataclass(frozen=True)
class Bought:
    """What was seen on the way."""

    trouble: Finding
    handed: Finding
    number: str  # of the card that was typed, a random one


def buy(nobody: Nobody) -> Bought | None:
    """None with a processor that is not the sandbox."""
    processor = processors.current()
    if not isinstance(processor, Sandbox):
        return None
    number = card_number()
    order = _order(nobody, processor)
    try:
        answer = placing.pay(order, by=nobody.by)
        handed = _hand_over(nobody, order)
        trouble = _mend(nobody, order, answer, type_card(processor, number))
    finally:
        _undo(nobody, order)
    return Bought(trouble, handed, number)


def card_number() -> str:
    """A number that passes for a card's and that nobody has typed before."""
    body = "4" + "".join(secrets.choice("0123456789") for _ in range(14))
    return body + luhn.calc_check_digit(body)


def type_card(processor: Sandbox, number: str) -> str:
    """What a browser does with a card's number: the token that stands for it."""
    year = datetime.now(UTC).year + 5
    return str(processor.steer("tokens", number=number, exp_month=12, exp_year=year, cvc="123")["token"])


def _order(nobody: Nobody, processor: Sandbox) -> Order:
    """The order that was planted, placed."""
    card = payments.add_card(nobody.subject, token=type_card(processor, DECLINED_LATER), source="order", by=nobody.by)
    if isinstance(card, Declined):
        raise NotToday(card.sentence)
    order: Order = Order.objects.get(subject=nobody.subject)
    order.number, order.currency, order.card, order.placed_at = numbers.new(), CURRENCY, card.pk, timezone.now()
    order.save(update_fields=["number", "currency", "card", "placed_at"])
    Line.objects.create(
        subject=nobody.subject, order=order.pk, sku="rehearsal", title="Made up by a check", kind=SHIPPING, quantity=1,
        price=AMOUNT, tax_rate=0, tax=0,
    )  # fmt: skip
    return order


def _mend(nobody: Nobody, order: Order, answer: object, token: str) -> Finding:
    """The letter is there, and what it leads to mends the order."""
    if not isinstance(answer, InTrouble):
        return Finding(False, "a made-up order with a declined card", ("the card was declined, and nothing followed",))
    linked = _letter_link(nobody.subject, order)
    if linked is None:
        return Finding(False, "a made-up order with a declined card", ("no letter with a link that leads to it",))
    trouble = Trouble.objects.get(subject=linked[0], order=linked[1], ended_at=None)
    mended = mending.mend_card(trouble, card_token=token, by=nobody.by)
    trouble.refresh_from_db()
    wrong = [] if isinstance(mended, Placed) and trouble.ending == "mended" else ["another card did not mend it"]
    return Finding(
        not wrong, "a made-up order with a declined card was told by letter and mended by its link", (*wrong,)
    )


def _letter_link(subject: UUID, order: Order) -> tuple[UUID, UUID] | None:
    """Where the letter leads: by its text where copies are kept, else by the link that such a letter has."""
    letter = Letter.objects.for_subject(subject).filter(kind="order_in_trouble").order_by("id").last()
    if letter is None or not _is_recorded(letter):
        return None
    file = outbox.place(letter.pk)
    text = file.read_text("utf-8").replace("=\n", "") if file.exists() else links.to(order, links.MEND)
    found = IN_LETTERS.search(text)
    return links.read(found[1], links.MEND) if found else None


def _is_recorded(letter: Letter) -> bool:
    entries = ledger.Entry.objects.of(letter.subject).filter(act=Act.LETTER_SEND)
    return any(entry.facts["letter"] == letter.reference for entry in entries)


def _hand_over(nobody: Nobody, order: Order) -> Finding:
    """What a carrier would be handed for it, by the same step as for every parcel; no carrier is asked."""
    shipment = Shipment(subject=nobody.subject, order=order.pk, carrier="manual", asked_at=timezone.now())
    shipment.save(force_insert=True)
    for _ in ("once", "and again after a crash"):
        shipping.hand_over(order, shipment, by=SHOP)
    Shipment.objects.filter(subject=nobody.subject, pk=shipment.pk).delete()
    return _handed(nobody.subject, order)


def _handed(subject: UUID, order: Order) -> Finding:
    rows = list(Disclosure.objects.for_subject(subject))
    to_carrier = [row for row in rows if row.recipient == shipping.RECIPIENT]
    to_processor = [row for row in rows if row.recipient == "processor"]
    declared = force.in_force().recipients
    wrong = []
    if [row.because for row in to_carrier] != [order.reference]:
        wrong.append(f"the carrier was handed something {len(to_carrier)} times for one order")
    wrong += [
        f"the {row.recipient} was handed {', '.join(row.fields)}"
        for row in rows
        if set(row.fields) != set(declared[row.recipient].receives)
    ]
    if len({row.because for row in to_processor}) != len(to_processor) or not to_processor:
        wrong.append(f"the processor was handed something {len(to_processor)} times")
    figure = f"a made-up order had {len(to_carrier)} disclosure to a carrier and {len(to_processor)} to the processor"
    return Finding(not wrong, figure, tuple(wrong))


def _undo(nobody: Nobody, order: Order) -> None:
    """Called off by the person's own verbs: what was reserved is released, and the cards are removed."""
    orders.cancel(order, by=nobody.by)
    for card in Card.objects.filter(subject=nobody.subject, processor=processors.current().name):
        payments.remove_card(card, by=nobody.by)
