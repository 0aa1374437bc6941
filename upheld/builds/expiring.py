"""What builds counted goes when the policy's time for it is over. Figures about many builds stay.

The counts of a month go together, when the last of its days is old enough; a week goes when its Sunday is. Reports that
wait go when all their days are over, or when the policy has none counted any more. That a build was deleted up to a day
is remembered for as long as reports about that day are taken.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

from upheld import ledger
from upheld.builds import counts, waiting, weeks
from upheld.builds.models import Build, Counted, Report
from upheld.builds.taking import DAYS_BACK
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import may, require
from upheld.policy.declarations import RetentionClass

WORKER = Actor.system("worker")
MANY = 5000  # rows that are deleted at a time, so that nobody waits for all of them
FEW = 500  # builds that are looked at at a time


def expire_due(today: date | None = None) -> int:
    """Delete what is older than the policy keeps it; how many rows changed."""
    today = today or datetime.now(UTC).date()
    kept = RetentionClass(force.in_force().usage.keep)
    changed, after = 0, -1
    while some := list(Report.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:MANY]):
        changed += _drop_waiting(some, kept, today)
        after = some[-1]
    while gone := _expire_counts(kept, today):
        changed += gone
    after = -1
    while some := list(Build.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:FEW]):
        changed += _trim(some, kept, today)
        after = some[-1]
    return changed


def is_counting() -> bool:
    """Whether the policy has anything counted."""
    policy = force.in_force()
    return bool(policy.usage.events and may(Act.REPORTS_COUNT, policy=policy, by=WORKER, purpose="usage"))


@transaction.atomic
def _drop_waiting(some: Sequence[int], kept: RetentionClass, today: date) -> int:
    require(Act.COUNTS_EXPIRE, by=WORKER)
    stays = is_counting()
    skips = connection.features.has_select_for_update_skip_locked
    waits = Report.objects.select_for_update(skip_locked=skips).filter(pk__in=some)
    over = [each.pk for each in waits if not stays or _is_over(_newest(each), kept, today)]
    gone, _ = Report.objects.filter(pk__in=over).delete()
    if gone:
        ledger.append(Act.COUNTS_EXPIRE, by=WORKER, facts={"reports": gone})
    return gone


def _newest(report: Report) -> date:
    months = waiting.unpack(bytes(report.months))
    return max((month.replace(day=where[0]) for month, cells in months.items() for where in cells), default=date.min)


@transaction.atomic
def _expire_counts(kept: RetentionClass, today: date) -> int:
    """Some rows of the oldest month that is over; in the order of ids, which is none."""
    require(Act.COUNTS_EXPIRE, by=WORKER)
    oldest = Counted.objects.order_by("month").values_list("month", flat=True).first()
    if oldest is None or not _is_over(_last_day(oldest), kept, today):
        return 0
    some = list(Counted.objects.filter(month=oldest).order_by("pk").values_list("pk", flat=True)[:MANY])
    gone, _ = Counted.objects.filter(pk__in=some).delete()
    ledger.append(Act.COUNTS_EXPIRE, by=WORKER, facts={"month": f"{oldest:%Y-%m}", "rows": gone})
    return gone


@transaction.atomic
def _trim(some: Sequence[int], kept: RetentionClass, today: date) -> int:
    """Weeks that are over; and builds of which nothing is left to keep or to remember."""
    require(Act.COUNTS_EXPIRE, by=WORKER)
    trimmed, empty = [], []
    for build in Build.objects.select_for_update().filter(pk__in=some).order_by("pk"):
        forgets = build.erased_through is not None and build.erased_through < today - timedelta(days=DAYS_BACK)
        if forgets:
            build.erased_through = None
        known = weeks.unpack(bytes(build.weeks))
        left = {week for week in known if not _is_over(_sunday(week), kept, today)}
        if not left and not build.stopped and build.erased_through is None:
            empty.append(build)
        if left != known:
            build.weeks = weeks.pack(left) if left else b""
        if forgets or left != known:
            trimmed.append(build)
    gone = _remove(empty)
    trimmed = [build for build in trimmed if build.pk not in gone]
    Build.objects.bulk_update(trimmed, ["erased_through", "weeks"])
    if trimmed or gone:
        ledger.append(Act.COUNTS_EXPIRE, by=WORKER, facts={"trimmed": len(trimmed), "builds": len(gone)})
    return len(trimmed) + len(gone)


def _remove(empty: Sequence[Build]) -> set[int]:
    """Those of them that have no counts any more, in any month that there is."""
    if not empty:
        return set()
    months = list(Counted.objects.values_list("month", flat=True).distinct())
    rows = {counts.row_id(build.pk, month): build.pk for build in empty for month in months}
    still = {rows[row] for row in Counted.objects.filter(pk__in=list(rows)).values_list("pk", flat=True)}
    gone = {build.pk for build in empty} - still
    Build.objects.filter(pk__in=gone).delete()
    return gone


def _is_over(day: date, kept: RetentionClass, today: date) -> bool:
    until = kept.until(day)
    return until is not None and until <= today


def _sunday(week: int) -> date:
    return weeks.monday_of(week) + timedelta(days=6)


def _last_day(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
