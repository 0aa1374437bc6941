"""Seeing, taking along, correcting and deleting as Upheld does it. A turn's customer is made before it is timed."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from benchmarks.customers import CURRENCY, FEW, LINE, MESSAGE, ORDER, OTHER_CITY, STEP, batches, matters
from benchmarks.visitor import PASSWORD, address
from upheld import ledger, vault
from upheld.accounts import passwords
from upheld.accounts.models import Account
from upheld.contact.models import Address, Choice
from upheld.conversations import numbers as conversation_numbers
from upheld.conversations.models import Conversation, Message
from upheld.crockford import new as signs
from upheld.orders import numbers
from upheld.orders.models import Line, Order, Step
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.rights import verbs as rights

Turns = Iterator[Callable[[], object]]
SYSTEM = Actor.system("benchmark")
_numbers = count(10_000_000)
_customers: list[UUID] = []


def customers(size: int) -> Turns:
    """Grow to `size` people with ten rows each."""
    password = passwords.hashed(PASSWORD)
    for many in batches(size - Address.objects.count()):
        yield lambda many=many: _come(many, FEW, password)
    ledger.sequence()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def customer(rows: int) -> list[float]:
    """One more, who is the one that what follows is about."""
    _customers[:] = _come(1, rows, passwords.hashed(PASSWORD))
    ledger.sequence()
    return []


def rows_held(times: int) -> list[float]:
    """How many rows there are about that customer."""
    rows = sum(model._base_manager.filter(subject=_customers[0]).count() for model in vault.people())
    return [float(rows)] * times


def see_customer(times: int) -> Turns:
    for _ in range(times):
        yield lambda: rights.see(_customers[0], by=Actor.person(_customers[0]))


def export_customer(times: int) -> Turns:
    """The ZIP, to its last byte."""
    for _ in range(times):
        yield lambda: sum(map(len, rights.export(_customers[0], by=Actor.person(_customers[0]))))


def correct_customer(times: int) -> Turns:
    subject = _customers[0]
    order = Order.objects.for_subject(subject).values_list("pk", flat=True)[0]
    for _ in range(times):
        yield lambda: rights.correct(
            subject, label="order", row=order, field="city", value=OTHER_CITY, by=Actor.person(subject)
        )


def delete_customer(times: int) -> Turns:
    """To the receipt."""
    for _ in range(times):
        yield lambda: rights.erase(_customers[0], by=Actor.person(_customers[0]))


def _come(many: int, rows: int, password: str) -> list[UUID]:
    subjects, now = [vault.new_subject() for _ in range(many)], timezone.now()
    with transaction.atomic():
        addresses = [(Address(subject=each, verified_at=now), {"email": address(next(_numbers))}) for each in subjects]
        vault.collect_many(addresses, source="sign_up", by=SYSTEM)
        accounts = [(Account(id=each, subject=each, created_at=now), {"password": password}) for each in subjects]
        vault.collect_many(accounts, source="sign_up", by=SYSTEM)
        Choice.objects.bulk_create(
            Choice(subject=each, topic=topic, allowed=True, at=now, source="account")
            for each in subjects
            for topic in force.in_force().topics[:2]
        )
    for some in batches(matters(rows)):
        _matter([each for each in subjects for _ in range(some)])
    return subjects


@transaction.atomic
def _matter(subjects: Sequence[UUID]) -> None:
    """For each of these, an order and a conversation."""
    now = timezone.now()
    ordered = [
        Order(subject=each, number=numbers.new(), currency=CURRENCY, card=uuid7(), drafted_at=now, placed_at=now)
        for each in subjects
    ]
    vault.collect_many([(order, ORDER) for order in ordered], source="order", by=SYSTEM)
    of: list[dict[str, Any]] = [{"subject": order.subject, "order": order.pk} for order in ordered]
    line: dict[str, Any] = {**LINE, "kind": "parcel", "tax_rate": Decimal("8.25")}
    Line.objects.bulk_create([Line(**each, **line) for each in of], batch_size=500)
    Step.objects.bulk_create([Step(**each, **STEP, at=now) for each in of], batch_size=500)
    begun = [
        Conversation(subject=each, number=f"C-{signs(conversation_numbers.LENGTH)}", reason="order", opened_at=now)
        for each in subjects
    ]
    Conversation.objects.bulk_create(begun, batch_size=500)
    said = [Message(subject=each.subject, conversation=each.pk, at=now) for each in begun for _ in range(2)]
    vault.collect_many([(each, MESSAGE) for each in said], source="letter", by=SYSTEM)
