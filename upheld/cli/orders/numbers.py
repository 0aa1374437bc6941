"""Orders by their numbers, as people type them."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from upheld.cli.errors import CommandError
from upheld.cli.staff import acting

if TYPE_CHECKING:
    from upheld.orders.models import Order
    from upheld.policy.actors import Actor


class NoOrder(CommandError):
    """There is no order {0}: look at the number again, or see upheld orders list."""


def order(number: str) -> "Order":
    """The placed order of this number. Raises NoOrder."""
    from upheld.orders.models import Order

    found = Order.objects.by_number(number).placed().first()
    if found is None:
        raise NoOrder(repr(number[:40]))
    placed: Order = found
    return placed


def on_order(kind: str, found: "Order", *, start: str) -> "AbstractContextManager[Actor]":
    """The member at the terminal, on a case of this kind about the order. `start` is why one is started, where none
    waits. Raises NotAtDesk, NotStarted, CasesError."""
    return acting(kind, on=found.id, subject=found.subject, number=found.number, reason=start)
