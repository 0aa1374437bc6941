"""Packing, shipping, delivering: what the carrier receives, when the card is charged, and what is refused."""

import pytest

from tests.orders.conftest import Shop, billing, fresh, staff, steps, total
from upheld.orders import verbs
from upheld.orders.errors import NotNow, TrackingMissing
from upheld.orders.models import Document, Order, Shipment
from upheld.orders.sums import sums_of
from upheld.vault.models import Disclosure


def ship(order: Order, tracking: str = "RR123456785DE") -> object:
    return verbs.ship(order, by=staff(order), tracking=tracking)


def test_a_parcel_is_packed_shipped_and_delivered(shop: Shop) -> None:
    order = shop.placed("guide", "export")
    assert sums_of(order).captured == 900 + 171
    verbs.pack(order, by=staff(order))
    assert verbs.state(order) == "packed"
    assert isinstance(ship(order), Shipment)
    assert sums_of(order).captured == total(order)
    assert verbs.state(order) == "shipped"
    verbs.deliver(order, by=staff(order))
    assert verbs.state(order) == "delivered"
    assert steps(order) == [
        "drafted", "placed", "authorised", "captured", "packed", "captured", "shipped", "delivered"
    ]  # fmt: skip
    assert [(d.kind, d.amount) for d in Document.objects.of(order)] == [
        ("invoice", 1071), ("invoice", total(order) - 1071)
    ]  # fmt: skip


def test_the_carrier_receives_name_and_address_once(shop: Shop) -> None:
    order = shop.placed("guide")
    ship(order)
    handed = Disclosure.objects.get(subject=order.subject, recipient="carrier")
    assert (handed.because, sorted(handed.fields)) == (order.reference, ["address", "country", "name"])
    assert [each.recipient for each in verbs.disclosures(order)] == [
        "The payment processor who charges your card", "The payment processor who charges your card",
        "The carrier who brings your parcel",
    ]  # fmt: skip


def test_a_tracking_number_is_needed_and_is_nobody_elses(shop: Shop) -> None:
    one, other = shop.placed("guide"), shop.placed("mount")
    with pytest.raises(TrackingMissing):
        ship(one, tracking="")
    assert not ship(one, tracking="?")
    assert isinstance(ship(one), Shipment)
    answer = ship(other)
    assert isinstance(answer, verbs.Refusal)
    assert answer.field == "tracking"
    assert not Shipment.objects.of(other).exists()


def test_what_is_not_to_be_shipped_is_refused_with_a_reason(shop: Shop) -> None:
    order = shop.placed("guide")
    verbs.pack(order, by=staff(order))
    with pytest.raises(NotNow, match="it is packed already"):
        verbs.pack(order, by=staff(order))
    ship(order)
    with pytest.raises(NotNow, match="its parcel is on its way"):
        ship(order)
    download = shop.placed("export", details={"country": "US"})
    with pytest.raises(NotNow, match="no parcel"):
        ship(download)


def test_every_document_can_be_made(shop: Shop) -> None:
    order = shop.placed("guide", "export")
    ship(order)
    verbs.refund(order, amount=500, by=billing(order), reason="late")
    assert [paper.name for paper in verbs.papers(fresh(order))] == [
        "confirmation", "packing_slip", "invoice", "invoice-2", "credit_note"
    ]  # fmt: skip
    for paper in verbs.papers(fresh(order)):
        by = staff(order) if paper.kind == "packing_slip" else billing(order)
        assert verbs.document(fresh(order), paper.name, by=by).startswith(b"%PDF")
