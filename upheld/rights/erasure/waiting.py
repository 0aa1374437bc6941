"""What an erasure that was asked for waits for: a hold first, then the time in which it can be taken back, then the
orders that its person wants delivered before. Nothing of it is begun meanwhile, and it goes on by itself."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from upheld.orders.models import Order
from upheld.rights.models import ErasureRequest, Request, Right, State, Token
from upheld.rights.reasons import SENTENCES, Reason
from upheld.rights.requests import tokens
from upheld.vault import holding

CANCEL, DELIVER = ErasureRequest.SETTLES
DELIVERED_WITHIN = timedelta(days=60)
"""After that it is carried out although something has not arrived; what has not left by then is cancelled."""

ENDED_WITHIN = timedelta(hours=1)
"""After its link, the request for a copy that was not fetched."""


@dataclass(frozen=True, slots=True)
class Wait:
    """`reason` is legal_hold, undo_window, awaits_delivery or awaits_copy. `until` is the last day of a hold; the
    moment at which the time to take it back is over; or that at which it waits for no order or copy any more."""

    reason: Reason
    until: date | datetime

    @property
    def sentence(self) -> str:
        """In the current language."""
        return str(SENTENCES[self.reason])

    @property
    def day(self) -> date:
        """The last day of a hold; of the others, the day on which it goes on at the latest (UTC)."""
        return self.until.astimezone(UTC).date() if isinstance(self.until, datetime) else self.until


def why(subject: UUID) -> Wait | None:
    """What the erasure of this person waits for now; None when nothing is in its way, or none was asked for. Two
    queries on indexes, and one more where orders are to be delivered."""
    asked = ErasureRequest.objects.filter(subject=subject).first()
    return of(asked) if asked else None


def has_begun(subject: UUID) -> bool:
    """Whether their erasure cannot be taken back any more."""
    return bool(ErasureRequest.objects.filter(subject=subject, farewell_at__isnull=False).exists())


def of(asked: ErasureRequest) -> Wait | None:
    """The same for one that is known. What has begun waits for a hold alone."""
    if hold := holding.standing(asked.subject):
        return Wait(Reason.LEGAL_HOLD, hold.until)
    if asked.farewell_at:
        return None
    now = timezone.now()
    if asked.due_at and asked.due_at > now:
        return Wait(Reason.UNDO_WINDOW, asked.due_at)
    last = asked.asked_at + DELIVERED_WITHIN
    if asked.settle == DELIVER and now < last and has_open_orders(asked.subject):
        return Wait(Reason.AWAITS_DELIVERY, last)
    return None


def for_copy(subject: UUID) -> Wait | None:
    """What a confirmed request for erasure waits for while a copy that was asked for as well can still be fetched."""
    copies = Request.objects.standing().filter(subject=subject, right=Right.ACCESS, state=State.IN_PROGRESS)
    if not copies.exists():
        return None
    links = Token.objects.filter(subject=subject, use=tokens.FETCH, used_at=None)
    last = links.order_by("expires_at").values_list("expires_at", flat=True).last()
    return Wait(Reason.AWAITS_COPY, last + ENDED_WITHIN if last else copy_over_by())


def copy_over_by() -> datetime:
    """When a copy that is offered now is fetched or over, at the latest."""
    return timezone.now() + tokens.LASTS + ENDED_WITHIN


def has_open_orders(subject: UUID) -> bool:
    """Whether something that they ordered is still to be paid, mended, sent, or brought."""
    return Order.objects.for_subject(subject).open().exists()
