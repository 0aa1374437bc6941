"""Members of staff for the measurements, each on a case that stands, as they would be at the desk."""

from functools import cache

from django.utils import timezone

from upheld import crockford
from upheld.cases import taking
from upheld.orders.models import Order
from upheld.policy.actors import Actor
from upheld.staff import sealing
from upheld.staff.models import Member
from upheld.vault import new_subject


def on_case(job: str, kind: str, order: Order, *, reason: str = "asked_by_person") -> Actor:
    """The one in this job takes the order's case, or begins it."""
    clerk = _clerk(job)
    case = taking.start(kind, order.pk, subject=order.subject, number=order.number, reason=reason, by=clerk)
    return taking.acts_as(clerk, case)


@cache
def _clerk(job: str) -> Member:
    return somebody(job)


def somebody(job: str) -> Member:
    """Who has just enrolled."""
    id, now = new_subject(), timezone.now()
    address = f"{id}@staff.example.org"
    return Member.objects.create(
        id=id, pseudonym=f"S-{crockford.new(5)}", jobs=[job], invited_at=now, enrolled_at=now,
        named=sealing.seal({"name": job, "address": address}, member=id, what="named"),
        address_digest=sealing.digest("address", address),
    )  # fmt: skip
