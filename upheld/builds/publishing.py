"""Figures about many builds are made once, some days after their period, and never again.

By the week they are told by version and platform; by the day and the month, of all builds together. Why it is so, and
why nothing smaller than the threshold can be found from them: docs/why/builds.md.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from upheld import ledger
from upheld.builds import cells, counts, naming, periods, weeks
from upheld.builds.cells import Blocks
from upheld.builds.counts import Cells
from upheld.builds.models import Build, Counted, Figure, Release
from upheld.builds.naming import OTHER, Label
from upheld.builds.past import Past
from upheld.builds.tallying import Tally, told_funnels
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.declarations import RetentionClass, Usage

WORKER = Actor.system("worker")
FEW = 500  # builds that are looked at at a time


def publish_due(today: date | None = None) -> int:
    """Publish every week that is over since some days, with its days, and its month if it is the last of one.

    Returns how many weeks that were, of all products. Which those are follows from the policy and from when products
    were first published, never from what was counted: a week of nobody has the same tables, without a group in them.
    A week of which the policy no longer keeps the counts is left out.
    """
    today = today or datetime.now(UTC).date()
    policy = force.in_force()
    if not policy.usage.events:
        return 0
    kept = RetentionClass(policy.usage.keep)
    published = 0
    for product in policy.products:
        week = _next(product)
        while week is not None and periods.due(week, today):
            if _is_kept(week, kept, today):
                published += publish_week(product, week)
            week += 1
    return published


def _next(product: str) -> int | None:
    """The week after the last that was published, or the one of the product's first release; None without any."""
    rows = Figure.objects.filter(product=product, period="week", view="active")
    last = rows.order_by("-start").values_list("start", flat=True).first()
    if last is not None:
        return weeks.week_of(last) + 1
    first = Release.objects.filter(product=product).order_by("published_at").first()
    return weeks.week_of(first.published_at.astimezone(UTC).date()) if first else None


def _is_kept(week: int, kept: RetentionClass, today: date) -> bool:
    """Whether all that was counted in it still rests: `upheld.builds.expiring` looks at a week's and a month's end."""
    ends = [first - timedelta(days=1) for first in (*periods.calendar_months(week)[1:], weeks.monday_of(week + 1))]
    until = kept.until(min(ends))
    return until is None or until > today


@transaction.atomic
def publish_week(product: str, week: int) -> int:
    """Make the tables of a week, and of what ends with it. Returns 0 if somebody else made them meanwhile."""
    require(Act.FIGURES_PUBLISH, by=WORKER)
    usage = force.in_force().usage
    start = weeks.monday_of(week)
    mark, made = Figure.objects.get_or_create(
        product=product, period="week", start=start, view="active", defaults={"blocks": []}
    )
    if not made:
        return 0
    past = Past.before(product, week, usage.threshold)
    tally = _tally(product, week, usage, past.labels)
    active, days = cells.week(tally, usage.threshold)
    used = cells.features(tally, usage.threshold, usage.events, active)
    by_first = cells.cohorts(tally, usage.threshold, week, past.whole, sum(active.values()))
    tables: dict[str, Blocks] = {
        "cohorts": cells.by_monday(by_first),
        "movement": cells.movement(by_first.get(week, 0), sum(active.values()), past.total),
    }
    tables |= {f"feature:{what}": cells.blocks(figures) for what, figures in used.items()}
    for name, steps in tally.funnels.items():
        deepest = cells.funnel(tally, usage.threshold, steps, active, used)
        tables[f"funnel:{name}"] = cells.named(deepest.items())
    rows = [Figure(product=product, period="week", start=start, view=view, blocks=tables[view]) for view in tables]
    rows.append(Figure(product=product, period="week", start=start, view="threshold", blocks=[usage.threshold]))
    rows += [_all_of(product, "day", start + timedelta(days=day), figure) for day, figure in days.items()]
    if periods.is_last(week):
        figure = _month(product, week, usage, past, sum(active.values()), by_first)
        rows.append(_all_of(product, "month", periods.month_of(week), figure))
    mark.blocks = cells.blocks(active)
    mark.save(update_fields=["blocks"])
    Figure.objects.bulk_create(rows)
    ledger.append(
        Act.FIGURES_PUBLISH, by=WORKER, facts={"product": product, "week": start.isoformat(), "tables": len(rows) + 1}
    )
    return 1


def _all_of(product: str, period: str, start: date, figure: int) -> Figure:
    return Figure(product=product, period=period, start=start, view="active", blocks=cells.blocks({cells.ALL: figure}))


def _tally(product: str, week: int, usage: Usage, before: Mapping[Label, int]) -> Tally:
    told = naming.labels(_released(product), weeks.monday_of(week), before)
    tally = Tally(told_funnels(usage))
    for build, first, active in _builds(product, week):
        labels = {where[1:]: told.get(where[1:], (OTHER, OTHER)) for _, where, _ in active}
        last = labels[
            max((day, where) for day, where, _ in active)[1][1:]
        ]  # a build is told once, with what it had last
        used = {what for _, where, happened in active if labels[where[1:]] == last for what in happened}
        days = (day.weekday() for day, _, _ in active)
        tally.add(build, days, last, {what for what in used if _is_told(what, usage)}, first)
    return tally


def _is_told(what: str, usage: Usage) -> bool:
    """Whether the policy that is in force still names it."""
    event, _, value = what.partition(".")
    return usage.allows(event, value)


def _released(product: str) -> dict[Label, date]:
    rows = Release.objects.filter(product=product).values_list("version", "platform", "published_at")
    return {(version, platform): at.date() for version, platform, at in rows}


Active = list[tuple[date, counts.Where, Mapping[str, int]]]


def _builds(product: str, week: int) -> Iterator[tuple[int, int, Active]]:
    """Of each build that was active in the week: its id, the week of its first use, and what it counted when."""
    months = periods.calendar_months(week)
    for some in _few(product):
        firsts = {build: min(known) for build, known in some.items() if week in known}
        ids = {counts.row_id(build, month) for build in firsts for month in months}
        found: dict[int, Active] = {}
        for row in Counted.objects.filter(pk__in=ids).order_by("pk"):
            found.setdefault(row.build, []).extend(_of_week(row.month, counts.unpack(bytes(row.cells)), week))
        yield from ((build, firsts[build], active) for build, active in found.items() if build in firsts and active)


def _of_week(month: date, counted: Cells, week: int) -> Iterator[tuple[date, counts.Where, Mapping[str, int]]]:
    for where, happened in counted.items():
        day = month.replace(day=where[0])
        if weeks.week_of(day) == week:
            yield day, where, happened


def _few(product: str) -> Iterator[dict[int, set[int]]]:
    """The weeks of some builds at a time, in the order of their ids."""
    after = -1
    while some := list(
        Build.objects.filter(product=product, pk__gt=after).order_by("pk").values_list("pk", "weeks")[:FEW]
    ):
        yield {build: weeks.unpack(bytes(known)) for build, known in some}
        after = some[-1][0]


def _month(product: str, week: int, usage: Usage, past: Past, total: int, by_first: Mapping[int, int]) -> int:
    """None of its builds, when the threshold changed within it: figures of two thresholds are not put together."""
    of_month = periods.weeks_of(periods.month_of(week))
    if not past.holds(of_month[0], week):
        return 0
    count = sum(not known.isdisjoint(of_month) for some in _few(product) for known in some.values())
    totals = {each: past.totals[each] for each in of_month if each in past.totals} | {week: total}
    told = {each: past.told.get(each, {}) for each in totals} | {week: by_first}
    return cells.month(count, usage.threshold, totals, told, past.whole | {week: by_first.get(week, 0)})
