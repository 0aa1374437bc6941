"""Whatever changes how an order stands has an entry in the ledger: who did it, and what to."""

from typing import Any

from tests.orders.conftest import DECLINES_LATER, Shop, fresh, staff
from upheld import ledger
from upheld.orders import ending, shipping, verbs
from upheld.orders.models import Line, Order, Shipment, Trouble
from upheld.orders.troubling import begin
from upheld.orders.writing import SHOP
from upheld.payments.models import Payment
from upheld.payments.sandbox.client import Sandbox
from upheld.policy.actors import Actor
from upheld.policy.acts import Act


def said(order: Order, act: Act) -> list[dict[str, Any]]:
    """What the entries of one act say about an order, oldest first."""
    entries = ledger.Entry.objects.of(order.subject).filter(act=act)
    return [{name: fact for name, fact in entry.facts.items() if name != "order"} for entry in entries]


def trouble_of(order: Order) -> Trouble:
    return Trouble.objects.of(order).get(ended_at=None)


def me(order: Order) -> Actor:
    return Actor.person(order.subject)


def test_who_asked_for_a_shipment(shop: Shop) -> None:
    order = shop.placed("guide")
    shipment = verbs.ship(order, by=staff(order), tracking="RR1234")
    assert isinstance(shipment, Shipment)
    sent = {"row": shipment.reference, "carrier": shipment.carrier}
    assert said(order, Act.ORDER_SHIP) == [sent | {"step": "asked"}, sent]


def test_a_parcel_that_came_back_to_an_order_in_trouble(shop: Shop) -> None:
    order = shop.placed("guide")
    shipment = verbs.ship(order, by=staff(order), tracking="RR1234")
    assert isinstance(shipment, Shipment)
    verbs.trouble(order, kind="undeliverable", by=staff(order))
    shipping.came_back(order)
    assert {"kind": "returned", "row": shipment.reference} in said(order, Act.ORDER_TROUBLE)


def test_another_reason_for_the_same_trouble(shop: Shop) -> None:
    order = shop.placed("guide")
    for reason in ("address", "address", "lost"):
        begin(order, "undeliverable", reason=reason, by=SHOP)
    assert [facts["reason"] for facts in said(order, Act.ORDER_TROUBLE)] == ["address", "lost"]


def test_another_card(shop: Shop) -> None:
    order = shop.drafted("guide", number=DECLINES_LATER)
    shop.place(order)
    trouble = trouble_of(order)
    verbs.mend_card(trouble, card_token=shop.typed(), by=me(order))
    mended = {"kind": "declined", "row": trouble.reference}
    assert said(order, Act.ORDER_MEND) == [mended | {"card": f"card:{fresh(order).card}"}, mended]


def test_another_item(shop: Shop) -> None:
    leaflet = shop.sell("leaflet", price=450)
    order = shop.placed("guide")
    verbs.trouble(order, kind="out_of_stock", by=staff(order))
    verbs.mend_item(trouble_of(order), variant=leaflet, by=me(order))
    line = Line.objects.of(order).get(sku="leaflet")
    changed = {"kind": "out_of_stock", "row": line.reference, "variant": str(leaflet.pk)}
    assert changed in said(order, Act.ORDER_MEND)


def test_a_dispute_that_ended_by_itself(shop: Shop, processor: Sandbox) -> None:
    order = shop.placed("export")
    processor.steer(f"charges/{Payment.objects.get(pays_for=order.pk).processor_id}/dispute")
    verbs.carry_on(order, by=Actor.visitor())
    trouble = trouble_of(order)
    ending.expire(trouble)
    assert said(order, Act.ORDER_EXPIRE) == [{"kind": "dispute", "row": trouble.reference}]
