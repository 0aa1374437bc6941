"""A day at the desk as the plain twin has it, under the names that `benchmarks.upheld_desk` has for it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from benchmarks.customers import CURRENCY, LINE, ORDER, batches
from benchmarks.twin.models import Address, Card, Line, Order, Talk
from benchmarks.twin.side import _signed_in
from benchmarks.visitor import someone
from upheld.conversations import numbers as conversation_numbers
from upheld.crockford import new as signs
from upheld.orders import numbers

Turns = Iterator[Callable[[], object]]
_of_somebody = count()


def filled(people: int) -> list[float]:
    for many in batches(people):
        subjects = [uuid7() for _ in range(many)]
        now = timezone.now()
        with transaction.atomic():
            Address.objects.bulk_create(
                [Address(subject=each, email=f"done.{each}@example.com", verified_at=now) for each in subjects]
            )
        _bought(subjects, state="shipped")
        _wrote(subjects, is_open=False)
    return []


def waiting(cases: int) -> list[float]:
    subjects = list(Address.objects.order_by("-id").values_list("subject", flat=True)[:cases])
    _bought(subjects[: cases // 2], state="placed")
    _wrote(subjects[cases // 2 :], is_open=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return []


def parcels_page(times: int) -> Turns:
    client = _signed_in(someone())
    for _ in range(times):
        yield lambda: client.fetch("/desk/queue/shipment/")


def talks_page(times: int) -> Turns:
    client = _signed_in(someone())
    for _ in range(times):
        yield lambda: client.fetch("/desk/queue/conversation/")


def case_page(times: int) -> Turns:
    client = _signed_in(someone())
    for _ in range(times):
        order = _next()
        yield lambda o=order: client.fetch(f"/desk/case/shipment/{o.pk}/")


def open_field(times: int) -> Turns:
    client = _signed_in(someone())
    for _ in range(times):
        order = _next()
        path = f"/desk/case/shipment/{order.pk}/field/order/{order.pk}/address_line1/open/"
        yield lambda p=path: client.changed(p, ORDER["address_line1"])


def find_number(times: int) -> Turns:
    client = _signed_in(someone())
    for _ in range(times):
        number = _next().number
        yield lambda n=number: client.found("/desk/find/", n, n)


def find_email(times: int) -> Turns:
    client = _signed_in(someone())
    for _ in range(times):
        order = _next()
        email = Address.objects.get(subject=order.subject).email
        yield lambda e=email, n=order.number: client.found("/desk/find/", e, n)


def _next() -> Order:
    return Order.objects.filter(state="placed").order_by("id")[next(_of_somebody)]


@transaction.atomic
def _bought(subjects: Sequence[UUID], *, state: str) -> None:
    now = timezone.now()
    cards = [Card(subject=each, brand="Visa", last4="4242", expiry="12/2040", token="none") for each in subjects]
    Card.objects.bulk_create(cards, batch_size=500)
    orders = [
        Order(
            subject=card.subject, number=numbers.new(), currency=CURRENCY, total=LINE["price"], card=card, state=state,
            placed_at=now, **ORDER,
        )
        for card in cards
    ]  # fmt: skip
    Order.objects.bulk_create(orders, batch_size=500)
    Line.objects.bulk_create([Line(subject=each.subject, order=each, **LINE) for each in orders], batch_size=500)


@transaction.atomic
def _wrote(subjects: Sequence[UUID], *, is_open: bool) -> None:
    now = timezone.now()
    Talk.objects.bulk_create(
        [
            Talk(
                subject=each, number=f"C-{signs(conversation_numbers.LENGTH)}",
                waiting_since=now if is_open else None, closed_at=None if is_open else now,
            )
            for each in subjects
        ],
        batch_size=500,
    )  # fmt: skip
