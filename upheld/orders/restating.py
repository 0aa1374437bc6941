"""What issued documents say of a person stays as it was issued, whatever becomes of the order's own name and country.

A document says what its order says, until that changes: then each that was issued before gets a sealed copy of what it
says (`AsIssued`), and beside each invoice that is wrong by now a correction is issued. All of it is in the books with
the order, and ends with it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from upheld import vault
from upheld.orders import issuing
from upheld.orders.models import CORRECTION, INVOICE, AsIssued, Document, Order
from upheld.policy.actors import Actor

STATED = ("name", "country")  # of an order's fields, those that its documents say
SOURCE = "order"
Stated = Mapping[str, str | None]


def restate(
    order: Order, field: str, value: str, *, by: Actor, source: str = "account", because: str = ""
) -> list[Document]:
    """Put another name or country in place of the order's own. Returns the corrections that were issued, one beside
    each invoice that says something else. Call it with the order locked, as the person."""
    issued = list(Document.objects.of(order))
    before = vault.open(order, _held(order), by=by, purpose="correction", because=order.reference) if issued else {}
    order = vault.correct(order, {field: value}, source=source, by=by, because=because)
    if not issued:
        return []
    beside = []
    if before[field] != value:
        _keep(order, issued, before, by=by)
        now = {**before, field: value}
        beside = [_correct(order, each, now, by=by) for each in _wrong(order, issued, field, value, by=by)]
    AsIssued.objects.of(order).update(kept_since=_since(order))
    return beside


def as_issued(document: Document) -> AsIssued | None:
    """The copy of what a document says, where its order says something else by now."""
    found: AsIssued | None = AsIssued.objects.filter(subject=document.subject, document=document.pk).first()
    return found


def restated(correction: Document) -> AsIssued | None:
    """What was said before a correction: by the invoice that it is about, or by the correction before it."""
    earlier = Document.objects.filter(subject=correction.subject, order=correction.order, pk__lt=correction.pk)
    before = earlier.filter(kind=CORRECTION, corrects=correction.corrects).order_by("id").last()
    return as_issued(before or earlier.get(pk=correction.corrects))


def _held(order: Order) -> list[str]:
    return [name for name in STATED if name in order.held()]


def _keep(order: Order, issued: Sequence[Document], said: Stated, *, by: Actor) -> None:
    """A copy for each document that has none yet: it says what the order said until now."""
    kept = set(AsIssued.objects.of(order).values_list("document", flat=True))
    for each in issued:
        if each.pk not in kept:
            _seal(order, each, said, by=by)


def _seal(order: Order, document: Document, said: Stated, *, by: Actor) -> None:
    values = {name: value for name, value in said.items() if value}
    row = AsIssued(subject=order.subject, order=order.pk, document=document.pk, kept_since=_since(order))
    vault.collect(row, values, source=SOURCE, by=by)


def _wrong(order: Order, issued: Sequence[Document], field: str, value: str, *, by: Actor) -> list[Document]:
    """The invoices that say something else: each by itself, or by the last correction beside it."""
    rows = list(AsIssued.objects.of(order))
    opened = vault.open(rows, [field], by=by, purpose="correction", because=order.reference)
    said: Mapping[UUID, str | None] = {row.document: values[field] for row, values in zip(rows, opened, strict=True)}
    last = {each.corrects: each for each in issued if each.kind == CORRECTION}
    return [each for each in issued if each.kind == INVOICE and said[last.get(each.pk, each).pk] != value]


def _correct(order: Order, invoice: Document, now: Stated, *, by: Actor) -> Document:
    document = issuing.correction(order, invoice)
    _seal(order, document, now, by=by)
    return document


def _since(order: Order) -> datetime:
    """From when the order's own are kept."""
    held = order.held()
    return datetime.fromtimestamp(max(held[name].at for name in _held(order)), UTC)
