"""Shipping by a carrier that is asked over the network: its answers, its silence, and where the parcel is."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.orders.carrier_server import NOWHERE, TEST_KEY, CarrierServer, Fault
from tests.orders.conftest import BERLIN, Shop, staff, steps, total
from tests.orders.parcels import COMPANY
from upheld import vault
from upheld.orders import carriers, shipping, sweeping, verbs
from upheld.orders.carriers.easypost import EasyPost
from upheld.orders.models import Order, Shipment
from upheld.orders.sums import sums_of
from upheld.policy.actors import Actor
from upheld.vault.models import Disclosure


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[CarrierServer]:
    with CarrierServer() as running:
        carrier = EasyPost(TEST_KEY, url=running.url, sender=lambda: COMPANY, timeout=1)
        monkeypatch.setattr(carriers, "_easypost", lambda *_: carrier)
        monkeypatch.setattr(sweeping, "SOMEBODY_IS_THERE", timedelta(minutes=-5))
        monkeypatch.setattr(shipping, "SOMEBODY_IS_THERE", timedelta(minutes=-5))
        yield running


def ship(order: Order) -> object:
    return verbs.ship(order, by=staff(order), carrier="easypost")


def test_the_carrier_is_told_name_and_address_and_gives_a_number(shop: Shop, server: CarrierServer) -> None:
    order = shop.placed("guide")
    shipment = ship(order)
    assert isinstance(shipment, Shipment)
    opened = vault.open(shipment, ["tracking"], by=Actor.person(order.subject), purpose="fulfilment")
    assert (opened["tracking"] or "").startswith("9400")
    assert server.bought == 1
    sent = str(server.calls)
    assert BERLIN["address_line1"] in sent
    assert "guest@example.org" not in sent
    assert verbs.state(order) == "shipped"


def test_a_silent_carrier_is_asked_again_and_sells_once(shop: Shop, server: CarrierServer) -> None:
    order = shop.placed("guide")
    server.faults.append(Fault("buy", done=True))
    answer = ship(order)
    assert isinstance(answer, verbs.Later)
    assert "Try again" in answer.sentence
    assert Shipment.objects.of(order).get().shipped_at is None
    verbs.sweep()
    assert (verbs.state(order), server.bought) == ("shipped", 1)
    assert Disclosure.objects.filter(recipient="carrier").count() == 1
    assert sums_of(order).captured == total(order)


def test_an_address_that_the_carrier_does_not_find_is_mended_and_shipped_to(shop: Shop, server: CarrierServer) -> None:
    order = shop.placed("guide", details=BERLIN | {"address_line1": NOWHERE})
    answer = ship(order)
    assert isinstance(answer, verbs.InTrouble)
    assert (verbs.state(order), Shipment.objects.of(order).exists()) == ("trouble", False)
    assert isinstance(verbs.mend_address(answer.trouble, details=BERLIN, by=Actor.person(order.subject)), Order)
    shipment = ship(order)
    assert isinstance(shipment, Shipment)
    assert [each.because for each in Disclosure.objects.filter(recipient="carrier").order_by("at")] == [
        order.reference, shipment.reference
    ]  # fmt: skip


def test_a_refusal_is_told_to_staff_and_leaves_the_order_as_it_was(shop: Shop, server: CarrierServer) -> None:
    order = shop.placed("guide")
    server.faults.append(Fault("create_shipment", status=422, code="SHIPMENT.INVALID_PARAMS"))
    answer = ship(order)
    assert isinstance(answer, verbs.Refusal)
    assert verbs.state(order) == "paid"
    assert isinstance(ship(order), Shipment)


@pytest.mark.parametrize(("status", "state"), [("delivered", "delivered"), ("return_to_sender", "trouble")])
def test_where_the_parcel_is_is_looked_after(shop: Shop, server: CarrierServer, status: str, state: str) -> None:
    order = shop.placed("guide")
    shipment = ship(order)
    assert isinstance(shipment, Shipment)
    server.shipments[shipment.carrier_id]["tracker"] = {"status": status, "tracking_details": []}
    verbs.sweep()
    assert verbs.state(order) == state
    assert steps(order)[-1] in ("delivered", "trouble")
    verbs.sweep()
    assert len(steps(order)) <= 8
