"""Buying and shipping as Upheld does it, turn by turn. What a turn works on was made by an earlier one."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from uuid import UUID

from uuid_utils.compat import uuid7

from benchmarks.buying import ADDRESS, notified, open_shop, typed
from benchmarks.clerks import on_case
from benchmarks.visitor import someone, visitor
from upheld import vault
from upheld.contact.models import Address
from upheld.orders import verbs
from upheld.orders.models import Line, Order
from upheld.payments import verbs as payments
from upheld.payments.models import Payment
from upheld.policy.actors import Actor

Turns = Iterator[Callable[[], object]]
_to_ship: deque[Order] = deque()
_shipped: deque[Order] = deque()


def open_up(times: int) -> list[float]:
    """The shop, before several processes sell in it."""
    open_shop()
    return []


def place_order(times: int) -> Turns:
    """The card kept, the order sealed, the money reserved, the letter sent."""
    variant = open_shop()
    for _ in range(times):
        subject, token = someone(), typed()
        details = {**ADDRESS, "email": _email(subject)}
        yield lambda s=subject, t=token, d=details: _to_ship.append(_place(s, d, variant=variant, token=t))


def _place(subject: UUID, details: dict[str, str], *, variant: UUID, token: str) -> Order:
    by = Actor.person(subject)
    order = verbs.draft(
        basket=uuid7(), items=[(variant, 1)], details=details, card=None, card_token=token, subject=subject, by=by
    )
    assert isinstance(order, Order), order.sentence
    total = sum(line.total for line in Line.objects.of(order))
    placed = verbs.place(order, total=total, by=by)
    assert placed, placed.sentence
    return order


def ship_order(times: int) -> Turns:
    """The carrier given name and address, the money taken, the invoice issued, the letter sent."""
    for _ in range(times):
        order = _to_ship.popleft()
        by = on_case("shipping", "shipment", order)
        verbs.pack(order, by=by)
        yield lambda o=order, b=by: _ship(o, b)


def _ship(order: Order, by: Actor) -> None:
    shipped = verbs.ship(order, by=by, carrier="manual", tracking=uuid7().hex)
    assert shipped, shipped.sentence
    _shipped.append(order)


def webhook(times: int) -> Turns:
    """The processor tells of a refund that we have not heard of: as a request, to the end of what it sets off."""
    for _ in range(times):
        order = _shipped.popleft()
        payment = Payment.objects.get(subject=order.subject, pays_for=order.pk)
        body, headers = notified(payment.processor_id)
        yield lambda b=body, h=headers: visitor().told("/webhooks/payments/", b, h)


def refund_order(times: int) -> Turns:
    for _ in range(times):
        order = _shipped.popleft()
        by = on_case("billing", "refund", order, reason="goodwill")
        yield lambda o=order, b=by: _refund(o, b)


def _refund(order: Order, by: Actor) -> None:
    done = verbs.refund(order, amount=100, by=by, reason="goodwill")
    assert done, done.sentence


def reconcile(times: int) -> list[float]:
    """Seconds, charges compared, and differences, which there must not be."""
    start = time.perf_counter()
    found = payments.reconcile()
    return [time.perf_counter() - start, float(found.checked), float(len(found.differences))] * times


def _email(subject: UUID) -> str:
    row = Address.objects.get(subject=subject)
    return vault.open(row, ["email"], by=Actor.person(subject), purpose="access")["email"] or ""
