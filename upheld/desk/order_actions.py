"""What may be done now on a case about an order: which of it there is for the kind of case, and which of that the order
allows. Nothing is opened for it, and each verb looks again."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest

from upheld.cases.models import Case
from upheld.desk.order_forms import (
    AnswerForm,
    CancelForm,
    OutOfStockForm,
    RefundForm,
    ShipForm,
    UndeliverableForm,
)
from upheld.orders import troubling, verbs
from upheld.orders.documents import Kind
from upheld.orders.models import PARCEL, Line, Order, Shipment
from upheld.orders.verbs import State
from upheld.staff.models import Member
from upheld.vault.models import Notice

TEMPLATE = "desk/orders/actions.html"
PARCELS = ("pack", "ship", "deliver", "undeliverable", "out_of_stock", "remind", "notices", "document")
BILLS = ("refund", "cancel", "remind", "document")
ACTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "dispute": ("refund", "cancel", "document"),
        "lost_parcel": PARCELS,
        "order_trouble": ("cancel", "remind"),
        "payment_trouble": BILLS,
        "refund": BILLS,
        "shipment": PARCELS,
    }
)
"""What each kind of case has. What its job may not open is on none of its papers."""
TITLES = MappingProxyType(
    {
        Kind.CONFIRMATION: "Order confirmation", Kind.CORRECTION: "Correction", Kind.CREDIT_NOTE: "Credit note",
        Kind.INVOICE: "Invoice", Kind.PACKING_SLIP: "Packing slip",
    }
)  # fmt: skip
ENDED = (State.CANCELLED, State.EXPIRED)
OPEN = (State.PACKED, State.PAID, State.PLACED, State.TROUBLE)


def context(request: HttpRequest, case: Case, member: Member) -> Mapping[str, Any]:
    """The acts that the order allows, each with its form where something is typed."""
    order = order_of(case)
    if order is None:
        return {"acts": {}}
    found = {name: what for name in ACTS[case.kind] if (what := _NOW[name](case, order))}
    return {"order": order, "acts": found, **{name: what for name, what in found.items() if what is not True}}


def order_of(case: Case) -> Order | None:
    found: Order | None = Order.objects.placed().filter(subject=case.subject, pk=case.about).first()
    return found


def papers_of(case: Case, order: Order) -> list[tuple[str, verbs.Paper]]:
    """Those for the case's job: whoever packs has the slip, whoever bills the rest."""
    is_parcel = ACTS[case.kind] == PARCELS
    papers = [paper for paper in verbs.papers(order) if (paper.kind is Kind.PACKING_SLIP) == is_parcel]
    return [(TITLES[paper.kind], paper) for paper in papers]


def notices_of(order: Order) -> list[Notice]:
    """What the carrier was handed for this order, that is wrong or to be deleted since, and not answered yet."""
    because = [order.reference, *(each.reference for each in Shipment.objects.of(order))]
    return list(verbs.carrier_notices().filter(subject=order.subject, because__in=because))


def missing_goods(order: Order) -> list[tuple[str, str]]:
    """What could turn out not to be there: what is in the parcel and not paid yet."""
    lines = Line.objects.of(order).filter(kind=PARCEL, invoice=None)
    return [(line.sku, f"{line.title} ({line.sku})") for line in lines]


def _pack(case: Case, order: Order) -> bool:
    return verbs.state(order) is State.PAID and _has_parcel(order)


def _ship(case: Case, order: Order) -> ShipForm | None:
    can = verbs.state(order) in (State.PAID, State.PACKED) and _has_parcel(order)
    return ShipForm() if can else None


def _deliver(case: Case, order: Order) -> bool:
    return bool(_on_its_way(order).exists())


def _undeliverable(case: Case, order: Order) -> UndeliverableForm | None:
    known = troubling.open_troubles(order).filter(kind=troubling.UNDELIVERABLE).exists()
    arrived = Shipment.objects.of(order).exclude(delivered_at=None).exists()
    can = _has_parcel(order) and not known and not arrived and verbs.state(order) not in ENDED
    return UndeliverableForm(auto_id="undeliverable-%s") if can else None


def _out_of_stock(case: Case, order: Order) -> OutOfStockForm | None:
    goods = missing_goods(order)
    return OutOfStockForm(goods=goods) if goods and verbs.state(order) in (State.PAID, State.PACKED) else None


def _refund(case: Case, order: Order) -> RefundForm | None:
    left = verbs.left(order)
    return RefundForm(order=order, left=left) if left > 0 else None


def _cancel(case: Case, order: Order) -> CancelForm | None:
    return CancelForm(auto_id="cancel-%s") if verbs.state(order) in OPEN else None


def _remind(case: Case, order: Order) -> bool:
    return bool(troubling.open_troubles(order).exclude(kind=troubling.DISPUTE).exists())


def _notices(case: Case, order: Order) -> list[tuple[Notice, AnswerForm]]:
    return [(each, AnswerForm(auto_id=f"answer-{each.pk}-%s")) for each in notices_of(order)]


def _on_its_way(order: Order) -> Any:
    return Shipment.objects.of(order).filter(shipped_at__isnull=False, delivered_at=None, returned_at=None)


def _has_parcel(order: Order) -> bool:
    return bool(Line.objects.of(order).filter(kind=PARCEL).exists())


_NOW: Mapping[str, Any] = MappingProxyType(
    {
        "cancel": _cancel,
        "deliver": _deliver,
        "document": papers_of,
        "notices": _notices,
        "out_of_stock": _out_of_stock,
        "pack": _pack,
        "refund": _refund,
        "remind": _remind,
        "ship": _ship,
        "undeliverable": _undeliverable,
    }
)
