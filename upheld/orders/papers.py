"""An order's documents, made when somebody asks: what each needs is opened for it, on record, and kept nowhere.

They are named by kind: `confirmation`, `packing_slip`, `invoice`, `credit_note`, `correction`; where there are several
invoices, say, the first is `invoice`, the others are `invoice-2`, `invoice-3`. What was issued says of the person what
it said then.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from moneyed import Money

from upheld import vault
from upheld.orders import addresses, charging, documents, issuing, restating
from upheld.orders.documents import Change, Company, Content, Item, Kind, Paid
from upheld.orders.errors import NotADocument, NothingThere
from upheld.orders.models import CREDIT_NOTE, PARCEL, AsIssued, Document, Line, Order, Shipment
from upheld.orders.steps import enter
from upheld.payments import processors
from upheld.payments import verbs as payments
from upheld.payments.models import Card
from upheld.payments.money import money
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.restricting import own_purpose

BILLING, FULFILMENT = "billing", "fulfilment"
WITHOUT_SUMS = (Kind.CORRECTION, Kind.PACKING_SLIP)
BESIDE = (
    "The invoice stays as it was issued, and this correction belongs with it. What was charged, and its tax, stay as "
    "they are."
)
NAME = re.compile(r"([a-z_]+?)(?:-([1-9][0-9]{0,3}))?")


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that there is: `name` is what `document` is asked with, `number` what is printed on it."""

    name: str
    kind: Kind
    number: str
    dated: date
    amount: int | None = None  # minor units, with tax


def papers(order: Order) -> list[Paper]:
    """The documents of a placed order, in the order in which they came to be. Opens nothing."""
    if order.placed_at is None:
        return []
    found = [Paper(Kind.CONFIRMATION.value, Kind.CONFIRMATION, order.number, order.placed_at.date())]
    if Line.objects.of(order).filter(kind=PARCEL).exists():
        found.append(Paper(Kind.PACKING_SLIP.value, Kind.PACKING_SLIP, order.number, order.placed_at.date()))
    counted: dict[str, int] = {}
    for each in Document.objects.of(order):
        counted[each.kind] = count = counted.get(each.kind, 0) + 1
        name = each.kind if count == 1 else f"{each.kind}-{count}"
        found.append(Paper(name, Kind(each.kind), str(each), each.issued_at.date(), each.amount))
    return found


def document(order: Order, kind: str, *, by: Actor) -> bytes:
    """One document as PDF. Raises NotADocument, NothingThere (there is none, or not yet), Refused."""
    require(Act.DOCUMENT_MAKE, by=by, subject=order.subject)
    named = NAME.fullmatch(str(kind))
    if named is None or named[1] not in list(Kind):
        raise NotADocument(str(kind)[:40])
    paper = next((each for each in papers(order) if each.name == str(kind)), None)
    if paper is None:
        raise NothingThere(order.number, named[1].replace("_", " ") + " of that number" * bool(named[2]))
    with transaction.atomic():
        said = content(order, paper, by=by)
        enter(Act.DOCUMENT_MAKE, order, by=by, kind=paper.kind.value, number=paper.number)
    return documents.made(paper.kind, said, paper=settings.HOME.text("company.paper"))


def content(order: Order, paper: Paper, *, by: Actor) -> Content:
    """What a document says, before it is set. Raises Refused, and what the vault raises."""
    issued = None if paper.amount is None else _issued(order, paper)
    items = _items(order, paper, issued)
    corrects = issued if paper.kind is Kind.CORRECTION else None
    assert order.placed_at is not None  # a draft has no documents
    return Content(
        company=_company(),
        number=paper.number,
        dated=paper.dated,
        order=order.number,
        ordered=order.placed_at.date(),
        items=items,
        total=None if paper.kind in WITHOUT_SUMS else _total(items, order),
        person=_person(order, paper.kind, issued, by=by),
        supplied=_supplied(order, issued) if paper.kind is Kind.INVOICE else None,
        paid=_paid(order, paper, by=by) if issued else (),
        corrects=_corrected(order, issued),
        changes=_changes(order, corrects, by=by) if corrects else (),
        notes=(BESIDE,) if corrects else (),
        test_money=any(processors.named(each.processor).is_test_money for each in charging.payments_of(order)),
    )


def _corrected(order: Order, issued: Document | None) -> str:
    """The number of the invoice that a credit note takes back, or that a correction is about."""
    if issued is None or issued.corrects is None:
        return ""
    return str(Document.objects.get(subject=order.subject, pk=issued.corrects))


def _company() -> Company:
    controller, home = force.in_force().controller, settings.HOME
    lines = [line.strip() for line in home.text("company.address").split("|") if line.strip()]
    return Company(controller.name, lines, home.text("company.tax_number"), controller.contact)


def _issued(order: Order, paper: Paper) -> Document:
    found: Document = next(each for each in Document.objects.of(order) if str(each) == paper.number)
    return found


def _items(order: Order, paper: Paper, issued: Document | None) -> list[Item]:
    if paper.kind is Kind.CORRECTION:
        return []
    lines = Line.objects.of(order)
    if issued is not None and issued.kind == CREDIT_NOTE:
        return _credited(order, issued)
    if issued is not None:
        lines = lines.filter(invoice=issued.pk)
    elif paper.kind is Kind.PACKING_SLIP:
        lines = lines.filter(kind=PARCEL)
    return [_item(line, order.currency) for line in lines]


def _item(line: Line, currency: str) -> Item:
    return Item(
        line.title, line.sku if line.variant else "", line.quantity, money(line.price, currency), line.tax_name,
        line.tax_rate, money(line.tax, currency),
    )  # fmt: skip


def _credited(order: Order, note: Document) -> list[Item]:
    """The invoice's own lines when all of it is taken back at once, else one line a tax."""
    assert note.corrects is not None  # a credit note's invoice
    invoice = Document.objects.get(subject=order.subject, pk=note.corrects)
    before = issuing.credited(invoice, before=note)
    if note.amount == invoice.amount:
        return [_item(line, order.currency) for line in Line.objects.of(order).filter(invoice=invoice.pk)]
    return [
        Item("Refund", "", 1, money(net, order.currency), name, Decimal(rate), money(tax, order.currency))
        for name, rate, net, tax in issuing.split(invoice, note.amount, before=before)
    ]


def _total(items: Sequence[Item], order: Order) -> Money:
    return sum((item.net + item.tax for item in items), money(0, order.currency))


def _person(order: Order, kind: Kind, issued: Document | None, *, by: Actor) -> list[str]:
    """Where the parcel goes, on its slip; elsewhere the name and the country, which is what billing needs."""
    slip = kind is Kind.PACKING_SLIP
    wanted = (*restating.STATED, *addresses.PARTS) if slip else restating.STATED
    row = (restating.as_issued(issued) if issued else None) or order
    opened = _opened(row, wanted, order, purpose=FULFILMENT if slip else BILLING, by=by)
    country, name = opened.get("country") or "", opened.get("name") or ""
    if slip:
        parts = {part: opened.get(part) or "" for part in addresses.PARTS}
        return addresses.written(parts, name, country, home=settings.HOME.text("company.country"))
    return [line for line in (name, addresses.country_name(country) if country else "") if line]


def _opened(row: Order | AsIssued, wanted: Sequence[str], order: Order, *, purpose: str, by: Actor) -> vault.Opened:
    fields = [name for name in wanted if name in row.held()]
    purpose = own_purpose(purpose, subject=row.subject, by=by)
    return vault.open(row, fields, by=by, purpose=purpose, because=order.reference) if fields else {}


def _changes(order: Order, correction: Document, *, by: Actor) -> list[Change]:
    """What was said before, and what is right."""
    was, now = (
        _opened(row, restating.STATED, order, purpose=BILLING, by=by) if row else {}
        for row in (restating.restated(correction), restating.as_issued(correction))
    )
    differ = [name for name in restating.STATED if was.get(name) != now.get(name)]
    return [Change(name.capitalize(), _shown(name, was), _shown(name, now)) for name in differ]


def _shown(name: str, opened: vault.Opened) -> str:
    value = opened.get(name) or ""
    return addresses.country_name(value) if value and name == "country" else value


def _supplied(order: Order, invoice: Document | None) -> date | None:
    """When the parcel left; what is filled at once is supplied on the day of the invoice."""
    if invoice is None or not Line.objects.of(order).filter(invoice=invoice.pk, kind=PARCEL).exists():
        return None
    shipment = Shipment.objects.of(order).exclude(shipped_at=None).first()
    return shipment.shipped_at.date() if shipment is not None and shipment.shipped_at else None


def _paid(order: Order, paper: Paper, *, by: Actor) -> list[Paid]:
    """The card as it is known by its last four digits; nothing when it is not on file any more."""
    if paper.kind is Kind.CORRECTION:
        return []
    last = charging.latest(order)
    card = Card.objects.filter(subject=order.subject, pk=last.card).first() if last is not None else None
    if card is None or paper.amount is None:
        return []
    shown = payments.describe([card], by=by, purpose=BILLING)[0]
    return [Paid(shown.brand, shown.last4, money(paper.amount, order.currency), paper.dated)]
