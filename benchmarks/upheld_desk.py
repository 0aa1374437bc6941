"""A day at the desk as Upheld has it, turn by turn: queues, a case, one field opened, and finding somebody."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from benchmarks.clerks import somebody
from benchmarks.customers import CURRENCY, LINE, ORDER, batches
from benchmarks.visitor import Visitor, visitor
from upheld import ledger, vault
from upheld.cases import taking
from upheld.cases.models import Case
from upheld.contact.models import Address
from upheld.conversations import numbers as conversation_numbers
from upheld.conversations.models import Conversation
from upheld.crockford import new as signs
from upheld.orders import numbers
from upheld.orders.models import Line, Order, Shipment, Step
from upheld.payments.models import Movement
from upheld.payments.processor import Kind
from upheld.policy.actors import Actor
from upheld.staff import sessions
from upheld.staff.models import Member
from upheld.vault.models import Lookup

Turns = Iterator[Callable[[], object]]
SYSTEM = Actor.system("benchmark")
PARCELS, TALKS = "shipment", "conversation"
_of_somebody = count()
_clerks: list[Member] = []


def filled(people: int) -> list[float]:
    """Each of so many people bought something once, and wrote once; all that is done, and nobody looks at it again, so
    their rows are there with their indexes, and nothing in them is sealed."""
    for many in batches(people):
        subjects = [vault.new_subject() for _ in range(many)]
        rows = [Address(subject=each) for each in subjects]
        with transaction.atomic():
            Address.objects.bulk_create(rows)
            Lookup.objects.bulk_create(
                Lookup(field="address.email", digest=vault.digest("email", f"done.{row.pk}@example.com"), row=row.pk,
                       subject=row.subject)
                for row in rows
            )  # fmt: skip
        _bought(subjects, is_open=False)
        _wrote(subjects, is_open=False)
    return []


def waiting(cases: int) -> list[float]:
    """Half of them are parcels, half conversations; each was taken once, and waits again."""
    subjects = list(Address.objects.order_by("-id").values_list("subject", flat=True)[:cases])
    for some in _some(subjects[: cases // 2]):
        _begun(PARCELS, _bought(some, is_open=True))
    for some in _some(subjects[cases // 2 :]):
        _begun(TALKS, _wrote(some, is_open=True))
    ledger.sequence()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return []


def parcels_page(times: int) -> Turns:
    client, _ = _at_the_desk("shipping")
    for _ in range(times):
        yield lambda: client.fetch(f"/desk/queue/{PARCELS}/")


def talks_page(times: int) -> Turns:
    client, _ = _at_the_desk("support")
    for _ in range(times):
        yield lambda: client.fetch(f"/desk/queue/{TALKS}/")


def case_page(times: int) -> Turns:
    client, clerk = _at_the_desk("shipping")
    for _ in range(times):
        order = _taken(clerk)
        yield lambda o=order: client.fetch(_path(o))


def open_field(times: int) -> Turns:
    """The part of the page that changes, as the browser asks for it."""
    client, clerk = _at_the_desk("shipping")
    for _ in range(times):
        order = _taken(clerk)
        path = f"{_path(order)}field/order/{order.pk}/address_line1/open/"
        yield lambda p=path: client.changed(p, ORDER["address_line1"])


def find_number(times: int) -> Turns:
    client, _ = _at_the_desk("shipping")
    for _ in range(times):
        number = _next().number
        yield lambda n=number: client.found("/desk/find/", n, n)


def find_email(times: int) -> Turns:
    client, _ = _at_the_desk("shipping")
    for _ in range(times):
        order = _next()
        row = Address.objects.get(subject=order.subject)
        opened = vault.open(row, ["email"], by=Actor.person(order.subject), purpose="access")
        yield lambda e=opened["email"] or "", n=order.number: client.found("/desk/find/", e, n)


def _at_the_desk(job: str) -> tuple[Visitor, Member]:
    """Somebody new, so that no limit of an hour is reached; whoever sat there before has left."""
    Member.objects.filter(pk__in=[each.pk for each in _clerks]).update(left_at=timezone.now())
    _clerks[:] = [somebody(job)]
    client = visitor()
    client.cookies[sessions.COOKIE] = sessions.begin(_clerks[0], way="passkey").cookie
    return client, _clerks[0]


def _next() -> Order:
    """A parcel that nobody has used for anything yet."""
    case = Case.objects.open().filter(kind=PARCELS).order_by("id")[next(_of_somebody)]
    order: Order = Order.objects.get(subject=case.subject, pk=case.about)
    return order


def _taken(clerk: Member) -> Order:
    order = _next()
    taking.take(PARCELS, order.pk, by=clerk)
    return order


def _path(order: Order) -> str:
    return f"/desk/case/{PARCELS}/{order.pk}/"


def _some(subjects: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    at = 0
    for many in batches(len(subjects)):
        yield subjects[at : at + many]
        at += many


@transaction.atomic
def _bought(subjects: Sequence[UUID], *, is_open: bool) -> list[Order]:
    """Paid, and shipped unless it waits for that. Only what is looked at later is sealed."""
    now = timezone.now()
    orders = [
        Order(subject=each, number=numbers.new(), currency=CURRENCY, card=uuid7(), drafted_at=now, placed_at=now)
        for each in subjects
    ]
    if is_open:
        vault.collect_many([(order, ORDER) for order in orders], source="order", by=SYSTEM)
    else:
        Order.objects.bulk_create(orders)
    of: list[dict[str, Any]] = [{"subject": order.subject, "order": order.pk} for order in orders]
    line: dict[str, Any] = {**LINE, "kind": "parcel", "tax_rate": Decimal("8.25")}
    Line.objects.bulk_create(Line(**each, **line, invoice=None if is_open else uuid4()) for each in of)
    steps = ("placed", "authorised") if is_open else ("placed", "authorised", "packed", "shipped", "delivered")
    Step.objects.bulk_create(Step(**each, kind=kind, at=now, by="you") for each in of for kind in steps)
    moved = (Kind.AUTHORISE,) if is_open else (Kind.AUTHORISE, Kind.CAPTURE)
    amount = LINE["price"] + LINE["tax"]  # type: ignore[operator]  # both are numbers
    Movement.objects.bulk_create(
        Movement(subject=order.subject, pays_for=order.pk, payment=order.pk, kind=kind, amount=amount, at=now,
                 processor_id=uuid4().hex)
        for order in orders for kind in moved
    )  # fmt: skip
    if not is_open:
        arrived = {"carrier": "manual", "asked_at": now, "shipped_at": now, "delivered_at": now}
        Shipment.objects.bulk_create(Shipment(**each, **arrived) for each in of)
    return orders


@transaction.atomic
def _wrote(subjects: Sequence[UUID], *, is_open: bool) -> list[Conversation]:
    now = timezone.now()
    begun = [
        Conversation(
            subject=each, number=f"C-{signs(conversation_numbers.LENGTH)}", reason="order", opened_at=now,
            waiting_since=now if is_open else None, closed_at=None if is_open else now,
        )
        for each in subjects
    ]  # fmt: skip
    return list(Conversation.objects.bulk_create(begun))


def _begun(kind: str, matters: Sequence[Any]) -> None:
    now = timezone.now()
    Case.objects.bulk_create(
        Case(subject=each.subject, kind=kind, about=each.pk, number=each.number, opened_at=now) for each in matters
    )
