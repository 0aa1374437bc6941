"""Openings, copies and prints of each member, hour by hour, from the ledger; and which of them are far from usual.

The rule: an hour is unusual when there is more of something in it than three times the median of the member's own busy
hours of the last 28 days, or than three times the median of everybody else's in the job, whichever is less. A median of
fewer than 20 hours is no measure: with neither, a third of what the job may open is the most. Never fewer than LEAST.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld.cases import idling, noticing
from upheld.cases.models import BusyHour, Look
from upheld.ledger.models import Entry
from upheld.policy.actors import Kind
from upheld.policy.acts import Act
from upheld.vault import first_id

OPENED = "opened"
FIGURES = {Act.FIELD_OPEN: OPENED, Act.FIELD_COPY: "copied", Act.FIELD_PRINT: "printed"}
LEAST = {OPENED: 15, "copied": 5, "printed": 15}  # in an hour: fewer are never unusual
HOUR = timedelta(hours=1)
LATE = timedelta(minutes=5)  # an entry has its time from before it was committed
PAST = timedelta(days=28)
TIMES = 3
KNOWN = 20  # busy hours
BY_STAFF = f'"kind":"{Kind.STAFF}"'.encode()

Hours = Counter[tuple[UUID, str, str]]  # of a member, in a job: opened, copied or printed


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for a member in a job: their own median and the others', None where too little is known, and the
    most that is taken for usual."""

    own: float | None
    others: float | None
    most: int


@dataclass(frozen=True, slots=True)
class Today:
    """How much one member opened today in one job, beside what is usual."""

    member: UUID
    job: str
    this_hour: int
    busiest: int  # of today's hours
    whole: int
    usual: Usual


def count_due() -> int:
    """Count and judge each whole hour since the last look. Returns how many; safe to repeat, and after a crash."""
    end = _hour(timezone.now() - LATE)
    look, _ = Look.objects.get_or_create(pk=1, defaults={"until": end - HOUR})
    begin, counted = max(look.until, end - PAST), 0
    while begin < end:
        counted += _count(begin)
        begin += HOUR
    BusyHour.objects.filter(at__lt=end - PAST).delete()
    return counted


def today() -> list[Today]:
    """Who opened something since midnight (UTC), the most first: the hours that were counted, and what came since."""
    now = timezone.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    counted = {(each.member, each.job, each.at): each.opened for each in BusyHour.objects.filter(at__gte=midnight)}
    hours = Counter({(member, job, at): opened for (member, job, at), opened in counted.items() if opened})
    look = Look.objects.filter(pk=1).first()
    begin = max(look.until if look else midnight, midnight)
    while begin <= now:
        for (member, job, figure), count in in_ledger(begin, begin + HOUR).items():
            if figure == OPENED:
                hours[member, job, begin] += count
        begin += HOUR
    return sorted(_todays(hours, midnight, _hour(now)), key=lambda each: -each.busiest)


def in_ledger(since: datetime, until: datetime) -> Hours:
    """Counted now, from what is on record of this time."""
    rows = Entry.objects.filter(act__in=list(FIGURES), id__gte=first_id(since), id__lt=first_id(until))
    hours: Hours = Counter()
    for entry in rows.only("id", "act", "body").order_by().iterator():
        if BY_STAFF in bytes(entry.body) and entry.by["kind"] == Kind.STAFF:
            hours[UUID(entry.by["id"]), entry.by.get("job", ""), FIGURES[Act(entry.act)]] += 1
    return hours


def usual(member: UUID, job: str, figure: str, *, before: datetime) -> Usual:
    """By the rule above, of the 28 days before an hour."""
    past = BusyHour.objects.filter(job=job, at__gte=before - PAST, at__lt=before, **{f"{figure}__gt": 0})
    rows = list(past.values_list("member", figure))
    own = _median([count for who, count in rows if who == member])
    others = _median([count for who, count in rows if who != member])
    known = [each for each in (own, others) if each is not None]
    most = int(TIMES * min(known)) if known else noticing.most(job).times // TIMES
    return Usual(own, others, max(LEAST[figure], most))


@transaction.atomic
def _count(begin: datetime) -> bool:
    look = Look.objects.select_for_update().get(pk=1)
    if look.until > begin:
        return False  # somebody else did
    hours = in_ledger(begin, begin + HOUR)
    for member, job in {(member, job) for member, job, _ in hours}:
        counts = {figure: hours[member, job, figure] for figure in LEAST}
        BusyHour.objects.create(member=member, job=job, at=begin, **counts)
    _judge(hours, begin)
    idling.judge(begin, begin + HOUR)
    look.until = begin + HOUR
    look.save(update_fields=["until"])
    return True


def _todays(hours: Counter[tuple[UUID, str, datetime]], midnight: datetime, now: datetime) -> Iterator[Today]:
    for member, job in {(member, job) for member, job, _ in hours}:
        counts = {at: count for (who, what, at), count in hours.items() if (who, what) == (member, job)}
        known = usual(member, job, OPENED, before=midnight)
        yield Today(member, job, counts.get(now, 0), max(counts.values()), sum(counts.values()), known)


def _judge(hours: Hours, begin: datetime) -> None:
    for (member, job, figure), count in hours.items():
        known = usual(member, job, figure, before=begin)
        if count > known.most:
            said = f"{count} {figure} in an hour as {job}, {known.most} at most before"
            noticing.report("unusual", member=member, figure=said[:80])


def _median(counts: Collection[int]) -> float | None:
    return median(counts) if len(counts) >= KNOWN else None


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
