"""Parcels in a batch: those that wait to be packed or sent, and what comes of doing something with several of them.

Each is a case of its own, taken before anything is done to it, in transactions of its own: what cannot be done with one
is told beside it, and keeps none of the others.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from upheld.cases import taking
from upheld.cases.errors import CasesError
from upheld.cases.models import Case
from upheld.desk import clocks
from upheld.home import HomeError
from upheld.orders import verbs
from upheld.orders.carriers import CarrierError
from upheld.orders.errors import OrdersError
from upheld.orders.models import PARCEL, Line, Order
from upheld.orders.verbs import State
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.staff.models import Member
from upheld.vault.errors import Restricted, VaultError

KIND = "shipment"
AT_ONCE = 100  # on a page, and in a batch
Verb = Callable[[Order, Actor], Any]


@dataclass(slots=True)
class Parcel:
    """A row, with nothing of the person: `sentence` says why something was not done, `tracking` what was typed."""

    id: UUID
    number: str
    since: datetime
    age: str
    is_packed: bool
    is_mine: bool
    goods: list[tuple[int, str, str]]  # quantity, title, sku
    sentence: str = ""
    tracking: str = ""
    is_chosen: bool = False


def waiting(member: Member) -> tuple[list[Parcel], bool]:
    """Those that nobody has or this member has, the longest waiting first, and whether there are more."""
    others = Case.objects.open().filter(subject=OuterRef("subject"), kind=KIND, about=OuterRef("pk"))
    others = others.exclude(taken_by=None).exclude(taken_by=member.pk)
    rows = Order.objects.waiting().exclude(Exists(others)).order_by("placed_at", "id")
    found = list(rows[: AT_ONCE + 1])
    return _shown(found[:AT_ONCE], member), len(found) > AT_ONCE


def attempt(order: Order, verb: Verb, *, by: Member) -> str:
    """The verb on an order, which is taken first. Empty when it is done, else why not."""
    try:
        case = taking.take(KIND, order.pk, by=by)
        done = verb(order, taking.acts_as(by, case))
    except (CarrierError, CasesError, HomeError, OrdersError) as error:
        return str(error)
    except Restricted:
        return "The person had us stop using their data for this. Nothing was opened."
    except Refused as error:
        return f"That is not open to you: {error}."
    except VaultError:
        return "There is nothing of this order left to open."
    if isinstance(done, verbs.InTrouble):
        return "It is in trouble now, and the person is written to."
    return str(done.sentence) if done is not None and not done else ""


def named(ids: Iterable[str]) -> list[Order] | None:
    """The placed orders of these ids, in their order; None when one of them is no such order's."""
    try:
        wanted = list(dict.fromkeys(map(UUID, ids)))
    except ValueError:
        return None
    found = {each.pk: each for each in Order.objects.placed().filter(pk__in=wanted[:AT_ONCE])}
    return [found[id] for id in wanted] if found.keys() >= set(wanted) else None


def _shown(orders: list[Order], member: Member) -> list[Parcel]:
    about = {"subject__in": {each.subject for each in orders}}
    ids = [each.pk for each in orders]
    mine = set(Case.objects.open().filter(kind=KIND, about__in=ids, taken_by=member.pk).values_list("about", flat=True))
    goods: dict[UUID, list[tuple[int, str, str]]] = {}
    for line in Line.objects.filter(**about, order__in=ids, kind=PARCEL).order_by("id"):
        goods.setdefault(line.order, []).append((line.quantity, line.title, line.sku))
    states = verbs.states(orders)
    return [
        Parcel(
            each.pk, each.number, each.placed_at, clocks.age(each.placed_at), states[each.pk] is State.PACKED,
            each.pk in mine, goods.get(each.pk, []),
        )
        for each in orders if each.placed_at is not None
    ]  # fmt: skip
