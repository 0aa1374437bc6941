"""Finding what somebody wrote or called about: by the exact e-mail address or number that they gave. Each search is on
record, for whoever was found as well; there is no list of people, and nothing is found by a part of anything."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import transaction

from upheld import ledger, vault
from upheld.accounts import limits
from upheld.accounts.limits import HOUR, Limit
from upheld.cases import kinds, noticing, relations, taking
from upheld.cases.errors import NotYourJob, TooClose, TooManySearches
from upheld.conversations import numbers
from upheld.conversations.models import Conversation
from upheld.orders.models import Order, Shipment
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights.models import Request
from upheld.rights.requests import ending
from upheld.rights.requests.writers import writers
from upheld.staff import acting
from upheld.staff.models import Member

LONGEST = 254  # characters; no address is longer (RFC 5321, errata 1690)
MOST = 50  # of each thing of one person
SEARCHES = Limit("cases.searches", 60, HOUR)

Thing = Literal["order", "conversation", "request", "person"]


@dataclass(frozen=True, slots=True)
class Found:
    """Something of one person; `kinds` are the cases that this member may take or start on it, maybe none."""

    thing: Thing
    about: UUID  # of such a case
    subject: UUID
    number: str  # empty of a person
    kinds: tuple[str, ...]


def find(what: str, *, by: Member) -> list[Found]:
    """By e-mail address: that person and what of theirs this member may work on. By the number of an order, a
    conversation or a request, or a parcel's tracking number: that one thing. Not to be called in a transaction.

    Raises NotYourJob when none of their jobs works on cases, TooManySearches or TooClose once that was reported,
    Refused.
    """
    job = _job(by)
    wanted = what.strip()
    if not wanted:
        return []
    require(Act.SEARCH_MAKE, by=Actor.staff(by.pk, job=job))
    _allow(by, job)
    way, found = _look(wanted[: LONGEST + 1], by)
    _enter(way, found, by=Actor.staff(by.pk, job=job))
    if any(relations.is_close(by, subject) for subject in {each.subject for each in found}):
        noticing.report("too_close", member=by.pk, figure="searched for them")
        raise TooClose("What you searched for")
    return found


def _job(member: Member) -> str:
    """The first of theirs that works on people's cases."""
    declared = force.in_force().jobs.items()
    jobs = (name for name, job in declared if name in member.jobs and not kinds.KINDS.keys().isdisjoint(job.during))
    job = next(jobs, "")
    if not job:
        raise NotYourJob("any that are about people")
    return job


def _allow(member: Member, job: str) -> None:
    answer = limits.take([(SEARCHES, member.pk.bytes + job.encode())])
    if answer is not None:
        figure = f"more than {SEARCHES.times} searches in an hour as {job}"
        noticing.report("rate", member=member.pk, figure=figure[:80])
        raise TooManySearches(-(-answer.retry_after // 60))


def _enter(way: str, found: list[Found], *, by: Actor) -> None:
    """How it was searched for, and how much of each person was found; never what was typed."""
    people: Counter[UUID | None] = Counter(each.subject for each in found)
    drafts = [
        ledger.Draft(Act.SEARCH_MAKE, by=by, subject=subject, facts={"way": way, "found": count})
        for subject, count in (people or {None: 0}).items()
    ]
    with transaction.atomic():
        ledger.append_many(drafts)


def _look(wanted: str, by: Member) -> tuple[str, list[Found]]:
    if len(wanted) > LONGEST or not wanted.isprintable():
        return "none", []
    if "@" in wanted:
        return "email", [each for subject in writers(wanted) for each in _of(subject, by)]
    if re.match(r"C\s*-", wanted, re.IGNORECASE):
        talks = Conversation.objects.filter(number=numbers.read(wanted, "C"))
        return "conversation", [_conversation(each, by) for each in talks]
    if re.match(r"R\s*-", wanted, re.IGNORECASE):
        asked = Request.objects.filter(number=numbers.read(wanted, "R"))
        return "request", [_request(each, by) for each in asked]
    orders = [_order(each, by) for each in Order.objects.placed().by_number(wanted)]
    return ("order", orders) if orders else ("tracking", _tracked(wanted, by))


def _tracked(wanted: str, by: Member) -> list[Found]:
    shipment = vault.find(Shipment, "tracking", re.sub(r"[\s-]", "", wanted))
    if shipment is None:
        return []
    return [_order(each, by) for each in Order.objects.filter(subject=shipment.subject, pk=shipment.order)]


def _of(subject: UUID, by: Member) -> Iterator[Found]:
    """The person, and what of theirs there is something to do about for this member, the newest first."""
    yield Found("person", subject, subject, "", _may_start(by, kinds.PERSON))
    rows: tuple[Iterator[Found], ...] = (
        (_order(each, by) for each in Order.objects.placed().filter(subject=subject).order_by("-id")[:MOST]),
        (_request(each, by) for each in Request.objects.standing().filter(subject=subject)[:MOST]),
        (_conversation(each, by) for each in Conversation.objects.open().filter(subject=subject)[:MOST]),
    )
    seen = set()
    for each in (found for things in rows for found in things):
        if each.kinds and each.about not in seen:  # a request and its conversation are the same case
            seen.add(each.about)
            yield each


def _order(order: Order, by: Member) -> Found:
    work = _may_do(by, order.pk, order.subject, _may_start(by, kinds.ORDER))
    return Found("order", order.pk, order.subject, order.number, work)


def _conversation(talk: Conversation, by: Member) -> Found:
    return Found("conversation", talk.pk, talk.subject, talk.number, _may_do(by, talk.pk, talk.subject))


def _request(request: Request, by: Member) -> Found:
    """One that is over may be taken up again."""
    _, about = ending.case_of(request)
    work = _may_do(by, about, request.subject) or _may_start(by, kinds.PERSON)
    return Found("request", about, request.subject, request.number, work)


def _may_do(by: Member, about: UUID, subject: UUID, may_start: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The kinds of case that wait about this or were started about it, and those that staff may start on it."""
    started = set(taking.started(about, subject))
    return tuple(
        kind
        for kind in _works_on(by)
        if kind in may_start or kind in started or kinds.matter(kind, about, subject) is not None
    )


def _may_start(by: Member, thing: str) -> tuple[str, ...]:
    return tuple(kind for kind in _works_on(by) if kinds.KINDS[kind].starts_on == thing)


def _works_on(member: Member) -> list[str]:
    return [kind for kind in acting.kinds_of(member) if kind in kinds.KINDS and kind != taking.EMERGENCY]
