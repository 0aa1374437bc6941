"""A parcel that is asked for and has not left stays here when its order is over, and waits while it is in trouble."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.orders.carrier_server import TEST_KEY, CarrierServer, Fault
from tests.orders.conftest import BERLIN, Shop, billing, fresh, staff, steps, total
from tests.orders.parcels import COMPANY
from tests.people import Person
from upheld import vault
from upheld.orders import carriers, ending, pending, shipping, sweeping, verbs
from upheld.orders.carriers.easypost import EasyPost
from upheld.orders.models import Order, Shipment
from upheld.orders.sums import sums_of
from upheld.payments.models import Payment
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor

SOON = timedelta(minutes=-5)


class Asked(EasyPost):
    """Something happens while the carrier is asked."""

    meanwhile: Callable[[], object] | None = None

    def ship(self, *args: Any, **given: Any) -> carriers.Label:
        label = super().ship(*args, **given)
        if self.meanwhile is not None:
            self.meanwhile()
        return label


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[CarrierServer]:
    for module in (sweeping, shipping, pending):
        monkeypatch.setattr(module, "SOMEBODY_IS_THERE", SOON)
    with CarrierServer() as running:
        yield running


@pytest.fixture(autouse=True)
def carrier(server: CarrierServer, monkeypatch: pytest.MonkeyPatch) -> Asked:
    made = Asked(TEST_KEY, url=server.url, sender=lambda: COMPANY, timeout=1)
    monkeypatch.setattr(carriers, "_easypost", lambda *_: made)
    return made


def ship(order: Order) -> object:
    return verbs.ship(order, by=staff(order), carrier="easypost")


def asked_for(shop: Shop, server: CarrierServer, *wanted: str, **given: Any) -> Order:
    """An order whose parcel is paid for and asked for; the carrier did not answer."""
    order = shop.placed(*(wanted or ("guide",)), **given)
    server.faults.append(Fault("create_address", status=503))
    assert isinstance(ship(order), verbs.Later)
    assert pending.of(order).exists()
    return order


def test_nothing_leaves_when_all_the_money_went_back(shop: Shop, server: CarrierServer) -> None:
    order = asked_for(shop, server)
    verbs.refund(order, by=billing(order))
    for _ in range(2):
        verbs.sweep()
    assert (server.bought, Shipment.objects.of(order).count(), sums_of(order).held) == (0, 0, 0)


def test_nothing_leaves_when_the_order_expired(shop: Shop, server: CarrierServer) -> None:
    order = asked_for(shop, server)
    trouble = verbs.trouble(order, kind="undeliverable", by=staff(order))
    ending.expire(trouble)
    verbs.sweep()
    assert (verbs.state(fresh(order)), server.bought, Shipment.objects.of(order).count()) == ("expired", 0, 0)
    assert (sums_of(order).held, shop.stock("guide")) == (0, 10)


def test_nothing_leaves_after_an_erasure_was_settled(shop: Shop, server: CarrierServer, person: Person) -> None:
    order = asked_for(shop, server, who=person)
    shipment = pending.of(order).get()
    verbs.settle(person.subject, by=person.me)
    assert not Shipment.objects.of(order).exists()
    answer = shipping.carry_on(shipment)
    assert isinstance(answer, verbs.Refusal)
    assert "Keep the parcel here" in answer.sentence
    assert (server.bought, sums_of(order).held) == (0, 0)


def test_an_address_found_wrong_ends_the_parcel_to_it(shop: Shop, server: CarrierServer) -> None:
    order = asked_for(shop, server)
    trouble = verbs.trouble(order, kind="undeliverable", by=staff(order))
    verbs.sweep()
    assert server.bought == 0
    verbs.mend_address(trouble, details=BERLIN | {"city": "Potsdam"}, by=Actor.person(order.subject))
    assert isinstance(ship(order), Shipment)
    assert "Potsdam" in str(server.calls)


def test_a_parcel_waits_while_the_bank_asks_the_money_back(
    shop: Shop, server: CarrierServer, processor: Sandbox
) -> None:
    order = asked_for(shop, server, "guide")
    charge = Payment.objects.get(pays_for=order.pk).processor_id
    processor.steer(f"charges/{charge}/dispute")
    verbs.carry_on(order, by=Actor.visitor())
    verbs.sweep()
    assert (verbs.state(order), server.bought, pending.of(order).count()) == ("trouble", 0, 1)
    processor.steer(f"charges/{charge}/dispute/close", outcome="won")
    verbs.carry_on(order, by=Actor.visitor())
    verbs.sweep()
    assert (verbs.state(order), server.bought) == ("shipped", 1)


def test_an_order_that_is_called_off_while_the_carrier_is_asked_gives_the_label_back(
    shop: Shop, server: CarrierServer, carrier: Asked, person: Person
) -> None:
    order = shop.placed("guide", who=person)
    carrier.meanwhile = lambda: verbs.settle(person.subject, by=person.me)
    assert isinstance(ship(order), verbs.Refusal)
    assert "shipped" not in steps(order)
    assert [each["refund_status"] for each in server.shipments.values()] == ["submitted"]
    assert (sums_of(order).held, sums_of(order).captured) == (0, total(order))


def test_nothing_is_written_when_the_person_is_erased_while_the_carrier_is_asked(
    shop: Shop, carrier: Asked, person: Person
) -> None:
    order = shop.placed("guide", who=person)

    def erase() -> None:
        verbs.settle(person.subject, by=person.me)
        vault.shred(person.subject, by=person.me)

    carrier.meanwhile = erase
    assert isinstance(ship(order), verbs.Refusal)
    assert not Shipment.objects.for_subject(person.subject).exists()
    assert steps(order) == []
