"""The kinds of case, and the real things that they are about: what waits is worked out from those each time, and kept
nowhere twice. Nothing here opens anything."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from upheld.cases import titles
from upheld.cases.models import Case, Glass
from upheld.contact.models import Address
from upheld.conversations.models import Conversation
from upheld.orders import troubling
from upheld.orders.models import Order, Trouble
from upheld.rights.models import MadeUp, Request, Right, State
from upheld.rights.requests.ending import ABOUT_RIGHTS


@dataclass(frozen=True, slots=True)
class Matter:
    """A real thing that waits for staff."""

    kind: str
    about: UUID
    subject: UUID
    number: str  # of the order, conversation, request or emergency
    since: datetime
    due: datetime | None = None
    is_urgent: bool = False


Of = Collection[UUID] | None  # those of these ids, or all of the kind
Lists = Callable[[Of], Iterator[Matter]]
ORDER, PERSON = "order", "person"


@dataclass(frozen=True, slots=True)
class Kind:
    """`matters` lists those that are open, the longest waiting first."""

    name: str
    purpose: str  # of the policy, for which its data are opened
    matters: Lists
    reasons: tuple[str, ...] = ()  # with which staff may start one; none: they cannot
    starts_on: str = ""  # an order or a person: what those that staff start are about

    @property
    def title(self) -> str:
        return titles.title(self.name)


def _conversations(about: Of) -> Iterator[Matter]:
    rows = Conversation.objects.open().exclude(reason__in=ABOUT_RIGHTS)
    yield from _of_letters("conversation", about, rows)


def _requests(about: Of) -> Iterator[Matter]:
    yield from _of_rights("rights_request", about, ~Q(right=Right.CONCERN))
    yield from _of_letters("rights_request", about, _without_request("rights"))


def _concerns(about: Of) -> Iterator[Matter]:
    yield from _of_rights("concern", about, Q(right=Right.CONCERN))
    yield from _of_letters("concern", about, _without_request("concern"))


def _of_letters(kind: str, about: Of, rows: "QuerySet[Conversation]") -> Iterator[Matter]:
    """Those that wait for our answer first; then those that wait for the person, or for somebody to close them."""
    rows = rows.order_by(F("waiting_since").asc(nulls_last=True), "id")
    for each in (rows if about is None else rows.filter(pk__in=about)).iterator():
        yield Matter(kind, each.pk, each.subject, each.number, each.waiting_since or each.opened_at)


def _without_request(reason: str) -> "QuerySet[Conversation]":
    """Somebody wrote again after their request was ended: no clock runs, and they wait for an answer all the same."""
    standing = Request.objects.standing().filter(conversation=OuterRef("pk"))  # one letter may be of two people
    found: QuerySet[Conversation] = Conversation.objects.open().filter(~Exists(standing), reason=reason)
    return found


def _of_rights(kind: str, about: Of, which: Q) -> Iterator[Matter]:
    """What nobody has confirmed yet is nobody's work."""
    rows = Request.objects.standing().filter(which).exclude(state=State.NEED_VERIFICATION)
    if about is not None:
        rows = rows.filter(Q(conversation__in=about) | Q(pk__in=about, conversation=None))
    for each in rows.order_by("-is_urgent", "due_at", "id").iterator():
        id = each.conversation or each.pk
        yield Matter(kind, id, each.subject, each.number, each.asked_at, each.due_at, each.is_urgent)


def _troubles(kind: str, *which: str) -> Lists:
    def listed(about: Of) -> Iterator[Matter]:
        order = Order.objects.filter(subject=OuterRef("subject"), pk=OuterRef("order"))
        rows = Trouble.objects.filter(kind__in=which, ended_at=None).order_by("found_at", "id")
        rows = rows.annotate(number=Subquery(order.values("number")[:1])).exclude(number=None)
        rows = rows.values_list("order", "subject", "number", "found_at", "ends_at")
        for each in (rows if about is None else rows.filter(order__in=about)).iterator():
            yield Matter(kind, *each)

    return listed


def _orders(kind: str, which: str) -> Lists:
    def listed(about: Of) -> Iterator[Matter]:
        rows = getattr(Order.objects, which)().order_by("placed_at", "id")
        rows = rows.values_list("id", "subject", "number", "placed_at")  # nothing that is sealed
        for each in (rows if about is None else rows.filter(pk__in=about)).iterator():
            yield Matter(kind, *each)

    return listed


def _emergencies(about: Of) -> Iterator[Matter]:
    """Only while one counts: minutes, from when another member of staff agreed."""
    rows = Glass.objects.filter(ends_at__gt=timezone.now(), reviewed_at=None).order_by("asked_at")
    for each in rows if about is None else rows.filter(pk__in=about):
        yield Matter("emergency", each.pk, each.subject, each.number, each.asked_at, each.ends_at, True)


_KINDS = (
    Kind("conversation", "reply", _conversations),
    Kind("order_trouble", "order_trouble", _troubles("order_trouble", troubling.OUT_OF_STOCK),
         ("asked_by_person",), ORDER),
    Kind("payment_trouble", "billing", _troubles("payment_trouble", troubling.DECLINED)),
    Kind("dispute", "billing", _troubles("dispute", troubling.DISPUTE)),
    Kind("refund", "billing", _orders("refund", "owed"),
         ("asked_by_person", "damaged", "late", "out_of_stock", "goodwill"), ORDER),
    Kind("shipment", "fulfilment", _orders("shipment", "waiting"), ("asked_by_person",), ORDER),
    Kind("lost_parcel", "fulfilment", _troubles("lost_parcel", troubling.UNDELIVERABLE),
         ("asked_by_person", "asked_by_carrier"), ORDER),
    Kind("rights_request", "reply", _requests, ("asked_by_person", "legal_hold", "authority"), PERSON),
    Kind("concern", "reply", _concerns),
    Kind("emergency", "reply", _emergencies),
)  # fmt: skip
KINDS: Mapping[str, Kind] = MappingProxyType({each.name: each for each in _KINDS})
ABOUT_ORDERS = frozenset({"order_trouble", "payment_trouble", "dispute", "refund", "shipment", "lost_parcel"})
AT_ONCE = 500  # how many ids one query names


def matters(kind: str) -> Iterator[Matter]:
    """What waits, and what staff started of this kind and nobody has closed; of nobody whom a check made up."""
    seen, nobody = set(), set(MadeUp.objects.filter(gone_at=None).values_list("id", flat=True))
    for each in KINDS[kind].matters(None):
        if each.about not in seen and each.subject not in nobody:
            seen.add(each.about)
            yield each
    for case in Case.objects.open().filter(kind=kind).exclude(reason="").order_by("opened_at", "id"):
        if case.about not in seen:
            yield Matter(kind, case.about, case.subject, case.number, case.opened_at)


def matter(kind: str, about: UUID, subject: UUID | None = None) -> Matter | None:
    """The real thing, while it is open. One letter may be about two people who share an address: of one of them, if
    `subject` is given."""
    listed = KINDS[kind].matters((about,)) if kind in KINDS else ()
    return next((each for each in listed if subject in (None, each.subject)), None)


def is_open(case: Case) -> bool:
    """One that staff started until they close it; any other as long as what it is about."""
    return case.closed_at is None and (bool(case.reason) or matter(case.kind, case.about, case.subject) is not None)


def over(kind: str) -> Iterator[Case]:
    """Cases of this kind that are still there though what they were about is over; a few queries for many."""
    rows = Case.objects.open().filter(kind=kind, reason="").order_by("id").iterator()
    while cases := list(islice(rows, AT_ONCE)):
        standing = {(each.subject, each.about) for each in KINDS[kind].matters({case.about for case in cases})}
        yield from (case for case in cases if (case.subject, case.about) not in standing)


def may_start(kind: str, about: UUID, subject: UUID) -> bool:
    """Whether staff may begin a case of this kind about that: an order which this person placed, or the person or a
    request of theirs."""
    starts_on = KINDS[kind].starts_on
    if starts_on == ORDER:
        return bool(Order.objects.placed().filter(subject=subject, pk=about).exists())
    if starts_on != PERSON:
        return False
    if about != subject:
        return bool(Request.objects.filter(Q(conversation=about) | Q(pk=about), subject=subject).exists())
    return any(model.objects.filter(subject=subject).exists() for model in (Address, Order))
