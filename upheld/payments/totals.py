"""What payments' movements add up to. Nothing of it is kept: it is counted from the rows whenever it is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from upheld.payments.models import Movement, Payment
from upheld.payments.processor import Kind


@dataclass(frozen=True, slots=True)
class Totals:
    """In minor units of the payment's currency, none below 0."""

    authorised: int = 0
    captured: int = 0
    released: int = 0
    refunded: int = 0
    disputed: int = 0  # of what was captured, taken back by the person's bank and not won again

    @property
    def reserved(self) -> int:
        """Authorised, and neither captured nor released: what can still be captured."""
        return max(0, self.authorised - self.captured - self.released)

    @property
    def ours(self) -> int:
        """Captured, and neither given back nor disputed: what can still be refunded."""
        return max(0, self.captured - self.refunded - self.disputed)


def totals(payment: Payment) -> Totals:
    return of([payment])[payment.pk]


def of(payments: Iterable[Payment]) -> dict[UUID, Totals]:
    """By payment's id, with one query for as many as there are."""
    ids = {payment.pk: payment.subject for payment in payments}
    rows = Movement.objects.filter(subject__in=set(ids.values()), payment__in=list(ids))
    sums: dict[UUID, dict[str, int]] = {id: {} for id in ids}
    for payment, kind, amount in rows.values_list("payment", "kind").annotate(Sum("amount")):
        sums[payment][kind] = amount
    return {id: _totals(found) for id, found in sums.items()}


def _totals(sums: dict[str, int]) -> Totals:
    return Totals(
        authorised=sums.get(Kind.AUTHORISE, 0),
        captured=sums.get(Kind.CAPTURE, 0),
        released=sums.get(Kind.CANCEL, 0),
        refunded=sums.get(Kind.REFUND, 0) - sums.get(Kind.REFUND_FAILED, 0),
        disputed=sums.get(Kind.DISPUTE, 0) - sums.get(Kind.DISPUTE_WON, 0),
    )
