"""Where the search for parcels that wait starts: it may name too many orders, and never leaves one out."""

from importlib import import_module

from django.apps import apps
from django.db import connection

from tests.orders.conftest import Shop, billing, staff
from upheld.orders import verbs
from upheld.orders.models import Order, Shipment, Trouble
from upheld.orders.shipping import came_back


def to_send() -> set[Order]:
    return set(Order.objects.placed().filter(to_send=True))


def test_an_order_is_to_be_sent_until_its_parcel_leaves(shop: Shop) -> None:
    waits, sent = shop.placed("guide"), shop.placed("guide")
    shop.placed("export")
    assert to_send() == {waits, sent}
    verbs.ship(sent, by=staff(sent), tracking="RR1234")
    verbs.cancel(waits, by=billing(waits))
    assert not to_send()


def test_a_parcel_that_came_back_is_to_be_sent_again(shop: Shop) -> None:
    order = shop.placed("guide")
    verbs.ship(order, by=staff(order), tracking="RR1234")
    came_back(order)
    assert to_send() == {order}
    Trouble.objects.update(ended_at=Shipment.objects.get().returned_at)
    assert list(Order.objects.waiting()) == [order]


def test_orders_from_before_are_marked(shop: Shop) -> None:
    waits, sent = shop.placed("guide"), shop.placed("guide")
    shop.placed("export")
    verbs.ship(sent, by=staff(sent), tracking="RR1234")
    Order.objects.update(to_send=True)
    import_module("upheld.orders.migrations.0003_to_send").mark(apps, connection.schema_editor())
    assert to_send() == {waits}
