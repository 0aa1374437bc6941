"""What is done by itself, every minute: reminders, ends, and whatever a crash or a silence left half done.

Each is safe to interrupt and to repeat, and works on what it finds in the rows, never on what it remembers.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from upheld import ledger, vault
from upheld.orders import charging, drafting, ending, guests, placing, shipping, troubling
from upheld.orders.carriers import CarrierError, State, named
from upheld.orders.errors import NotNow
from upheld.orders.finding import Orders
from upheld.orders.following import advance, declined, follow, untold
from upheld.orders.models import Line, Order, Shipment, Step, Trouble
from upheld.orders.periods import (
    CARRIED_ON,
    CHALLENGE_KEEPS,
    DRAFT_KEEPS,
    LOOK_EVERY,
    MONEY_IS_FOLLOWED,
    REFUNDS_ARE_TRIED,
    REMINDED_AFTER,
    RESERVED_KEEPS,
    SOMEBODY_IS_THERE,
)
from upheld.orders.refused import refused
from upheld.orders.sums import Sums, sums_of_each
from upheld.orders.writing import SHOP
from upheld.payments.models import CHALLENGED, DONE, Instruction, Movement
from upheld.payments.processor import Kind
from upheld.policy.acts import Act
from upheld.policy.standing import BILLING

AT_ONCE = 500
T = TypeVar("T")


def sweep() -> int:
    """All of it, for the worker. Returns how many orders something was done for.

    One that fails keeps none of the others from their turn; raises ExceptionGroup with all that failed at the end.
    """
    failed: list[Exception] = []
    done = 0
    for each in _EACH:
        try:
            done += each()
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("some of the sweep failed, and is tried again", failed)
    return done


def follow_money() -> int:
    """Movements that no step tells of: the payments room's word was lost."""
    since = vault.first_id(timezone.now() - MONEY_IS_FOLLOWED)
    found = untold().filter(_has_a_story(), pk__gt=since, pk__lt=vault.first_id(_a_while_ago()))
    return _each(_orders(set(found.values_list("subject", "pays_for")[:AT_ONCE])), advance)


def ask_refunds_again() -> int:
    """Refunds that the processor would not make, or that nobody knows the end of."""
    since = vault.first_id(timezone.now() - REFUNDS_ARE_TRIED)
    failed = Instruction.objects.filter(kind=Kind.REFUND, pk__gt=since, answered_at__isnull=False).exclude(outcome=DONE)
    return _each(_orders(set(failed.values_list("subject", "pays_for"))), advance)


def give_back_what_outlived() -> int:
    """Money that moved for an order whose person was erased meanwhile: no step tells of it any more."""
    since = vault.first_id(timezone.now() - MONEY_IS_FOLLOWED)
    moved = Movement.objects.filter(~_has_a_story(), pk__gt=since, pk__lt=vault.first_id(_a_while_ago()))
    orders = _with_sums(_orders(set(moved.values_list("subject", "pays_for"))))
    return _each((order for order, sums in orders if sums.reserved > 0 or sums.captured > 0), advance)


def pay_what_is_placed() -> int:
    """Placed, and nobody asked the card, or nobody answered the bank's question."""
    unpaid = _lately(Order.objects.live()).exclude(_authorised())
    return _each(unpaid.exclude(_troubled())[:AT_ONCE], _pay)


def charge_what_is_filled() -> int:
    """Downloads and services that were paid for and not charged."""
    waiting = Line.objects.filter(kind__in=("download", "service"), invoice=None)
    uncharged = Exists(waiting.filter(subject=OuterRef("subject"), order=OuterRef("pk")))
    return _each(_lately(Order.objects.paid()).filter(uncharged)[:AT_ONCE], advance)


def carry_on_shipping() -> int:
    return _each(Shipment.objects.filter(shipped_at=None, tried_at__lt=_a_while_ago())[:AT_ONCE], shipping.resume)


def give_back_what_is_over() -> int:
    """Orders that are over, and have money that was neither released nor given back."""
    since = timezone.now() - MONEY_IS_FOLLOWED
    over = Step.objects.filter(kind__in=("cancelled", "expired"), at__gt=since, at__lt=_a_while_ago())
    orders = _with_sums(_orders(set(over.values_list("subject", "order"))))
    return _each((order for order, sums in orders if sums.reserved > 0 or sums.held > 0), advance)


def renew_reservations() -> int:
    """Reserved six days ago and not shipped: the reservation is let go, and made anew. A card that says no is told."""
    before = timezone.now() - RESERVED_KEEPS
    waiting = _lately(Order.objects.waiting()).filter(placed_at__lt=before)
    lapsing = (
        order
        for order, sums in _with_sums(waiting.iterator(chunk_size=AT_ONCE))
        if not sums.reserved or _reserved_at(order) < before
    )
    return _each(islice(lapsing, AT_ONCE), _renew)


def remind() -> int:
    """Once, of a trouble that lasts."""
    now = timezone.now()
    lasting = Trouble.objects.filter(ended_at=None, reminded_at=None).exclude(kind=troubling.DISPUTE)
    return _each(lasting.filter(found_at__lt=now - REMINDED_AFTER, ends_at__gt=now)[:AT_ONCE], _remind)


def expire_troubles() -> int:
    return _each(Trouble.objects.filter(ended_at=None, ends_at__lt=timezone.now())[:AT_ONCE], ending.expire)


def drop_drafts() -> int:
    return _each(Order.objects.drafts().filter(drafted_at__lt=timezone.now() - DRAFT_KEEPS)[:AT_ONCE], _drop)


def expire_guests() -> int:
    """Guests whose order was never placed."""
    return _each(guests.abandoned(), guests.expire)


def look_after_parcels() -> int:
    """Ask carriers that know where their parcels are."""
    due = Q(looked_at=None) | Q(looked_at__lt=timezone.now() - LOOK_EVERY)
    out = Shipment.objects.filter(due, shipped_at__isnull=False, delivered_at=None, returned_at=None)
    return _each(out.exclude(carrier_id="").order_by(F("looked_at").asc(nulls_first=True))[:AT_ONCE], _look)


_EACH: tuple[Callable[[], int], ...] = (
    follow_money,
    ask_refunds_again,
    give_back_what_outlived,
    pay_what_is_placed,
    charge_what_is_filled,
    carry_on_shipping,
    give_back_what_is_over,
    renew_reservations,
    remind,
    expire_troubles,
    look_after_parcels,
    drop_drafts,
    expire_guests,
)


def _pay(order: Order) -> None:
    payment = charging.latest(order)
    if payment is None:
        placing.pay(order, by=SHOP, off_session=True)
    elif payment.outcome == CHALLENGED and payment.created_at < timezone.now() - CHALLENGE_KEEPS:
        declined(order, "challenge_failed")
    elif payment.outcome not in ("", CHALLENGED):
        declined(order, payment.outcome)


def _renew(order: Order) -> None:
    if refused(order, BILLING) is not None:
        return  # what is reserved lapses by itself
    with transaction.atomic():
        asked = charging.ask_release(Order.objects.lock(order), by=SHOP)
    charging.carry_out(asked, by=SHOP)
    follow(order)
    placing.pay(order, by=SHOP, off_session=True)


def _reserved_at(order: Order) -> datetime:
    rows = Movement.objects.filter(subject=order.subject, pays_for=order.pk, kind=Kind.AUTHORISE)
    return max(rows.values_list("at", flat=True))


@transaction.atomic
def _remind(trouble: Trouble) -> None:
    order = Order.objects.lock(Order(pk=trouble.order, subject=trouble.subject))
    still = troubling.open_troubles(order).filter(pk=trouble.pk, reminded_at=None).first()
    if still is not None:
        troubling.remind(order, still)


@transaction.atomic
def _drop(order: Order) -> None:
    order = Order.objects.lock(order)
    if order.placed_at is None:
        drafting.drop(order)


def _look(shipment: Shipment) -> None:
    Shipment.objects.filter(subject=shipment.subject, pk=shipment.pk).update(looked_at=timezone.now())
    try:
        found = named(shipment.carrier).track(shipment.carrier_id)
    except CarrierError:
        return  # asked again in a while
    order = Order(pk=shipment.order, subject=shipment.subject)
    if found is not None and found.state is State.DELIVERED:
        with suppress(NotNow):  # staff were faster
            shipping.deliver(order, by=SHOP)
    elif found is not None and found.state in (State.RETURNED, State.UNDELIVERABLE):
        shipping.came_back(order)


def _each(found: Iterable[object], do: Callable[..., object]) -> int:
    failed: list[Exception] = []
    done = 0
    for each in found:
        try:
            do(each)
            done += 1
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup(f"{len(failed)} failed", failed)
    return done


def _orders(pairs: Collection[tuple[UUID, UUID]]) -> Iterator[Order]:
    """By subject and id: so many at once as every database takes in one query."""
    for some in _chunks(pairs):
        yield from Order.objects.filter(subject__in={whose for whose, _ in some}, pk__in=[order for _, order in some])


def _with_sums(orders: Iterable[Order]) -> Iterator[tuple[Order, Sums]]:
    for some in _chunks(orders):
        sums = sums_of_each(some)
        yield from ((order, sums[order.pk]) for order in some)


def _chunks(found: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(found)
    while chunk := list(islice(rest, AT_ONCE)):
        yield chunk


def _lately(orders: Orders) -> Orders:
    """Those that nobody is at, and that are not so old that there is nothing left to carry on with: they waited for
    their person, who allowed a use of their data again."""
    since = timezone.now() - CARRIED_ON
    lifted = ledger.Entry.objects.filter(act=Act.RESTRICTION_LIFT, id__gt=vault.first_id(since)).values("subject")
    return orders.filter(Q(placed_at__gt=since) | Q(subject__in=lifted), placed_at__lt=_a_while_ago())


def _authorised() -> Exists:
    rows = Movement.objects.filter(subject=OuterRef("subject"), pays_for=OuterRef("pk"), kind=Kind.AUTHORISE)
    return Exists(rows)


def _has_a_story() -> Exists:
    """Of a movement: an order has none once its person is erased."""
    return Exists(Step.objects.filter(subject=OuterRef("subject"), order=OuterRef("pays_for")))


def _troubled() -> Exists:
    return Exists(Trouble.objects.filter(subject=OuterRef("subject"), order=OuterRef("pk"), ended_at=None))


def _a_while_ago() -> datetime:
    """Younger than this, whoever does it may still be at it."""
    return timezone.now() - SOMEBODY_IS_THERE
