"""What this room says when it is used wrongly. Refusals that are expected are values: see `answers`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from upheld.orders.models import Order


class OrdersError(Exception):
    """The orders room refused."""

    def __init__(self, *parts: object) -> None:
        super().__init__((self.__doc__ or "").format(*parts))


class NotNow(OrdersError):
    """Order {0} cannot be {1}: {2}"""

    def __init__(self, order: "Order", what: str, why: str) -> None:
        super().__init__(order.number, what, why)


class ProductUnfit(OrdersError):
    """{0}"""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field  # what of it is unfit, as the verb's argument is called


class SlugTaken(OrdersError):
    """There is a product called {0!r} already."""


class SkuTaken(OrdersError):
    """There is a variant with the SKU {0!r} already."""


class ReasonUnknown(OrdersError):
    """{0!r} is no reason; the reasons are {1}."""


class TroubleUnknown(OrdersError):
    """{0!r} is no trouble; the troubles are {1}."""


class TrackingMissing(OrdersError):
    """Give the tracking number that the carrier gave the parcel."""


class NothingThere(OrdersError):
    """Order {0} has no {1}."""


class NotADocument(OrdersError):
    """{0!r} is no document of an order."""
