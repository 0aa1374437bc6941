"""Ordering on the pages, as somebody without an account: the form, the look before ordering, the order."""

from collections.abc import Callable, Iterator
from itertools import count
from uuid import UUID

from benchmarks.buying import ADDRESS, open_shop, typed
from benchmarks.visitor import Visitor, visitor
from upheld.orders import catalogue
from upheld.orders.pricing import Totals

_numbers = count(1)


def order_pages(times: int) -> Iterator[Callable[[], object]]:
    """Three requests. That the basket is filled, and the card typed, is not measured."""
    variant = open_shop()
    totals = catalogue.quote([(variant, 1)], country=ADDRESS["country"])
    assert isinstance(totals, Totals)
    for _ in range(times):
        client, form = _filled(variant)
        yield lambda c=client, f=form: _order(c, f, totals.total)


def _filled(variant: UUID) -> tuple[Visitor, dict[str, str]]:
    client = visitor()
    client.send("/basket/", {"variant": str(variant), "quantity": "1"}, expect=302)
    return client, {**ADDRESS, "email": f"guest.{next(_numbers)}@example.com", "card_token": typed()}


def _order(client: Visitor, form: dict[str, str], total: int) -> None:
    client.send("/order/", form, expect=302)
    client.fetch("/order/review/")
    client.send("/order/review/", {"total": str(total)}, expect=302)
