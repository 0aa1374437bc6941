"""The shop of the orders' tests, whose orders get into trouble here."""

from tests.orders.conftest import processor, shop, started, typed

__all__ = ["processor", "shop", "started", "typed"]
