"""Invoices, credit notes and corrections: numbered without a gap in their series and year, never changed. An invoice
charges for lines when the money has moved; a credit note takes back an amount of one invoice; a correction says what is
right in place of what an invoice says of the person.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from upheld import ledger
from upheld.orders.models import CORRECTION, CREDIT_NOTE, INVOICE, PARCEL, SHIPPING, Document, Line, Order, Series
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

BY = Actor.system("orders")
PREFIXES = {INVOICE: "INV", CREDIT_NOTE: "CN", CORRECTION: "COR"}
SENT = (PARCEL, SHIPPING)


def uncharged(order: Order) -> list[Line]:
    """The lines that no invoice charges for yet."""
    return list(Line.objects.of(order).filter(invoice=None))


def at_once(lines: Sequence[Line]) -> list[Line]:
    """Those that are filled as soon as they are paid: downloads and services."""
    return [line for line in lines if line.kind not in SENT]


def sent(lines: Sequence[Line]) -> list[Line]:
    """Those that are filled by a parcel, its shipping among them."""
    return [line for line in lines if line.kind in SENT]


def total(lines: Sequence[Line]) -> int:
    return sum(line.total for line in lines)


def invoice(order: Order, captured: int) -> Document | None:
    """Charge for the lines that were paid for, `captured` being all that was taken for the order so far.

    None while that is no sum of lines that belong together: then somebody took money beside us, and waits to be seen.
    Call it with the order locked.
    """
    billed = Document.objects.of(order).filter(kind=INVOICE).aggregate(sum=Sum("amount"))["sum"] or 0
    lines = uncharged(order)
    for some in (at_once(lines), sent(lines), lines):
        if some and total(some) == captured - billed:
            document = _issue(order, INVOICE, total(some), sum(line.tax for line in some))
            Line.objects.of(order).filter(pk__in=[line.pk for line in some]).update(invoice=document.pk)
            return document
    return None


def credit(order: Order, amount: int) -> list[Document]:
    """Take back an amount, the latest invoice first. Call it with the order locked."""
    issued = []
    for each in reversed(Document.objects.of(order).filter(kind=INVOICE)):
        part = min(amount, each.amount - credited(each))
        if part > 0:
            tax = sum(taxed for _, _, _, taxed in split(each, part, before=credited(each)))
            issued.append(_issue(order, CREDIT_NOTE, part, tax, corrects=each))
            amount -= part
    return issued


def correction(order: Order, invoice: Document) -> Document:
    """Issue one beside an invoice, which stays as it is. Call it with the order locked."""
    return _issue(order, CORRECTION, 0, 0, corrects=invoice)


def keep_number(number: str) -> bool:
    """This number, such as INV-2026-000007, was given already, and is not given again. Whether that was not known."""
    name, _, last = number.rpartition("-")
    Series.objects.bulk_create([Series(name=name)], ignore_conflicts=True)
    return bool(Series.objects.filter(name=name, last__lt=int(last)).update(last=int(last)))


def credited(document: Document, *, before: Document | None = None) -> int:
    """How much of an invoice was taken back, by the credit notes before one of them or by all."""
    notes = Document.objects.filter(subject=document.subject, order=document.order, corrects=document.pk)
    notes = notes.filter(pk__lt=before.pk) if before else notes
    return notes.aggregate(sum=Sum("amount"))["sum"] or 0


def charged(order: Order) -> int:
    """What all its invoices charge for, less what their credit notes took back."""
    sums = dict(
        Document.objects.filter(subject=order.subject, order=order.pk).values_list("kind").annotate(Sum("amount"))
    )
    return int(sums.get(INVOICE, 0) - sums.get(CREDIT_NOTE, 0))


Share = tuple[str, Decimal, int, int]  # a tax's name and rate, and of an amount: what is before tax, and the tax


def split(document: Document, amount: int, *, before: int = 0) -> list[Share]:
    """An amount with tax, divided by the invoice's taxes as its lines are. `before` was taken back already: all the
    parts of an invoice make the invoice, to the last minor unit.
    """
    ends, starts = _shares(document, before + amount), _shares(document, before)
    return [
        (name, rate, net - starts[name, rate][0], tax - starts[name, rate][1])
        for (name, rate), (net, tax) in ends.items()
        if (net, tax) != starts[name, rate]
    ]


def _shares(document: Document, amount: int) -> dict[tuple[str, Decimal], tuple[int, int]]:
    """The first `amount` of an invoice by tax: each tax's part is in proportion, rounding to the last."""
    sums: dict[tuple[str, Decimal], tuple[int, int]] = {}
    for line in Line.objects.filter(subject=document.subject, order=document.order, invoice=document.pk).order_by("id"):
        net, tax = sums.get((line.tax_name, line.tax_rate), (0, 0))
        sums[line.tax_name, line.tax_rate] = (net + line.net, tax + line.tax)
    found, passed, given = {}, 0, 0
    for key, (net, tax) in sums.items():
        passed += net + tax
        upto = amount * passed // document.amount
        gross, given = upto - given, upto
        part = gross * tax // (net + tax) if net + tax else 0
        found[key] = (gross - part, part)
    return found


def _issue(order: Order, kind: str, amount: int, tax: int, *, corrects: Document | None = None) -> Document:
    """The next number: the series is locked until the transaction ends, so that one that is rolled back leaves none."""
    require(Act.DOCUMENT_ISSUE, by=BY, subject=order.subject)
    now = timezone.now()
    name = f"{PREFIXES[kind]}-{now.year}"
    Series.objects.bulk_create([Series(name=name)], ignore_conflicts=True)
    series = Series.objects.select_for_update().get(name=name)
    series.last += 1
    series.save(update_fields=["last"])
    document = Document.objects.create(
        subject=order.subject, order=order.pk, kind=kind, series=name, number=series.last,
        corrects=corrects.pk if corrects else None, amount=amount, tax=tax, issued_at=now,
    )  # fmt: skip
    facts: dict[str, ledger.Fact] = {"order": order.reference, "row": document.reference, "number": str(document)}
    facts |= {"amount": amount, "tax": tax, "currency": order.currency}
    ledger.append(Act.DOCUMENT_ISSUE, by=BY, subject=order.subject, facts=facts)
    return document
