"""Our books against the processor's, both ways: every charge of theirs against our movements, and every payment of
ours against their charges. In constant memory, whatever the number; the processor is asked a page at a time.

Whatever seems to differ is looked at once more on both sides before it is called a difference: money moves meanwhile.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.utils import timezone

from upheld.payments.models import Movement, Payment, Reconciliation
from upheld.payments.processor import Charge, Processor
from upheld.payments.recording import PREFIX, ids_in
from upheld.payments.seen import Seen
from upheld.payments.used import used
from upheld.vault.models import Notice

CHUNK = 500
T = TypeVar("T")
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """In codes: `what` is charge_unknown, charge_missing, amount, currency, or the kind of a movement that one side
    alone has; `ours` and `theirs` are amounts in minor units, a currency, or empty."""

    reference: str
    what: str
    ours: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class Reconciled:
    checked: int
    differences: list[Difference]


def reconcile(*, since: datetime | None = None, progress: Progress | None = None) -> Reconciled:
    """Compare everything, or what was made since, and keep that it was done. `progress` is told how many charges are
    done. Raises Unreachable."""
    checked = 0
    differences: list[Difference] = []
    for processor in used():
        with Seen() as seen:
            for charges in _chunks(processor.charges(since=since)):
                differences += _compare_all(charges, processor, seen)
                checked += len(charges)
                if progress is not None:
                    progress(checked)
            differences += _missing(processor, seen, since=since)
    Reconciliation.objects.create(at=timezone.now(), since=since, checked=checked, differences=len(differences))
    return Reconciled(checked, differences)


def last() -> Reconciliation | None:
    """The last time that it was done."""
    return Reconciliation.objects.order_by("at").last()


def _compare_all(charges: list[Charge], processor: Processor, seen: Seen) -> Iterator[Difference]:
    payments = _payments(charges)
    seen.add(payment.pk for payment in payments.values())
    movements = _movements(payments.values())
    for charge in charges:
        payment = payments.get(charge.reference)
        if any(_compare(charge, payment, movements.get(charge.reference, {}))):
            yield from _look_again(charge, processor)


def _look_again(charge: Charge, processor: Processor) -> Iterator[Difference]:
    now = processor.fetch(charge.id) or charge
    payment = _payments([now]).get(now.reference)
    if payment is not None or not Notice.objects.filter(because=now.reference).exists():  # of someone erased since
        yield from _compare(now, payment, _movements([payment] if payment else []).get(now.reference, {}))


Amounts = dict[str, tuple[str, int]]  # by movement's id: its kind and amount


def _compare(charge: Charge, payment: Payment | None, ours: Amounts) -> Iterator[Difference]:
    if payment is None:
        yield Difference(charge.reference, "charge_unknown", theirs=str(charge.amount))
        return
    if payment.amount != charge.amount:
        yield Difference(charge.reference, "amount", str(payment.amount), str(charge.amount))
    if payment.currency != charge.currency:
        yield Difference(charge.reference, "currency", payment.currency, charge.currency)
    theirs = {each.id: (each.kind.value, each.amount) for each in charge.movements}
    for id in sorted(ours.keys() | theirs.keys()):
        if ours.get(id) != theirs.get(id):
            kind = (ours.get(id) or theirs[id])[0]
            yield Difference(charge.reference, kind, _amount(ours, id), _amount(theirs, id))


def _amount(side: Amounts, movement: str) -> str:
    return str(side[movement][1]) if movement in side else ""


def _missing(processor: Processor, seen: Seen, *, since: datetime | None) -> Iterator[Difference]:
    """Payments of ours that had an answer, and of which the processor's list says nothing."""
    rows = Payment.objects.filter(processor=processor.name).exclude(processor_id="").order_by("id")
    rows = rows.filter(created_at__gte=since) if since else rows
    for chunk in _chunks(rows.iterator(chunk_size=CHUNK)):
        for payment in seen.unseen(chunk):
            charge = processor.fetch(payment.processor_id)
            if charge is None or charge.reference != payment.reference:
                yield Difference(payment.reference, "charge_missing", ours=str(payment.amount))


def _payments(charges: Iterable[Charge]) -> dict[str, Payment]:
    """By reference: the payment that a charge names, if it is the charge's own."""
    own = {charge.id for charge in charges}
    rows = Payment.objects.filter(pk__in=ids_in(charge.reference for charge in charges))
    return {payment.reference: payment for payment in rows if payment.processor_id in own}


def _movements(payments: Iterable[Payment]) -> dict[str, Amounts]:
    found: dict[str, Amounts] = {}
    rows = Movement.objects.filter(payment__in=[payment.pk for payment in payments])
    for payment, id, kind, amount in rows.values_list("payment", "processor_id", "kind", "amount"):
        found.setdefault(f"{PREFIX}{payment}", {})[id] = (kind, amount)
    return found


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
