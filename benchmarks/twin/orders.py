"""Buying and shipping as the plain twin does it, under the names that `benchmarks.upheld_orders` has for it."""

from collections import deque
from collections.abc import Callable, Iterator
from uuid import UUID

from uuid_utils.compat import uuid7

from benchmarks.buying import ADDRESS, notified, open_shop, typed
from benchmarks.twin import shop
from benchmarks.twin.models import Order
from benchmarks.visitor import someone, visitor
from upheld.orders import catalogue
from upheld.orders.pricing import Totals

Turns = Iterator[Callable[[], object]]
_to_ship: deque[Order] = deque()
_shipped: deque[Order] = deque()


def place_order(times: int) -> Turns:
    variant = open_shop()
    for _ in range(times):
        subject, token = someone(), typed()
        yield lambda s=subject, t=token: _to_ship.append(_place(s, variant, t))


def _place(subject: UUID, variant: UUID, token: str) -> Order:
    totals = catalogue.quote([(variant, 1)], country=ADDRESS["country"])
    assert isinstance(totals, Totals)
    order = shop.draft(uuid7(), subject, totals, ADDRESS, token=token)
    shop.place(order)
    return order


def ship_order(times: int) -> Turns:
    for _ in range(times):
        order = _to_ship.popleft()
        yield lambda o=order: _ship(o)


def _ship(order: Order) -> None:
    shop.ship(order, tracking=uuid7().hex)
    _shipped.append(order)


def webhook(times: int) -> Turns:
    for _ in range(times):
        body, headers = notified(_shipped.popleft().payments.get().charge)
        yield lambda b=body, h=headers: visitor().told("/webhooks/payments/", b, h)
