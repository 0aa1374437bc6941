"""The desk's tests sell and charge as those of the orders do, and hire as those of the staff."""

from tests.orders.conftest import processor, shop, started, typed
from tests.staff.conftest import hire
from tests.web.conftest import visitor

__all__ = ["hire", "processor", "shop", "started", "typed", "visitor"]
