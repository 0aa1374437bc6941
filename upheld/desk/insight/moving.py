"""How builds come, stay and go, week by week, and how a release spreads."""

from datetime import date, timedelta
from typing import Any

from upheld.builds.models import Release
from upheld.desk.insight.chosen import Chosen
from upheld.desk.insight.tables import BUILDS, HEAT, LINE, PERCENT, Series, Table

Weeks = dict[date, list[dict[str, Any]]]
MOVES = {"new": "New", "before": "There before", "gone": "Gone"}
WEEK = timedelta(days=7)
MOST = 26  # weeks since first use that are drawn
WEEK_OF = "Week of"


def movement(found: Weeks) -> Table:
    told = [{each["of"][0]: each["builds"] for each in blocks} for blocks in found.values()]
    series = tuple(Series(title, tuple(each.get(move) for each in told)) for move, title in MOVES.items())
    about = "Builds in their first week; those that were used before; and how many more went than came back."
    rows = tuple(f"{start:%Y-%m-%d}" for start in found)
    return Table("movement", "New, kept and gone", about, WEEK_OF, rows, series, LINE, BUILDS)


def retention(found: Weeks) -> Table:
    """Of the builds first used in a week, how many of a hundred were there again after one week, two, three …"""
    cells: dict[str, dict[int, int]] = {}
    for start, blocks in found.items():
        for block in blocks:
            first = date.fromisoformat(block["of"][0])
            cells.setdefault(block["of"][0], {})[(start - first) // WEEK] = block["builds"]
    rows = sorted(first for first, held in cells.items() if held.get(0))
    count = min(max((max(cells[first]) for first in rows), default=-1) + 1, MOST)
    series = tuple(
        Series(str(after), tuple(_part(cells[first].get(after), cells[first][0]) for first in rows))
        for after in range(count)
    )
    about = "Of a hundred builds first used in a week, how many were used again that many weeks later."
    return Table("retention", "Who stays", about, "First used in the week of", tuple(rows), series, HEAT, PERCENT)


def _part(builds: int | None, whole: int) -> int | None:
    return None if builds is None else min(builds * 100 // whole, 100)


def _published(chosen: Chosen) -> date | None:
    """The day on which the version was there first."""
    rows = Release.objects.filter(product=chosen.product, version=chosen.version).order_by("published_at")
    first = rows.values_list("published_at", flat=True).first() if chosen.version else None
    return first.date() if first else None


def adoption(chosen: Chosen, weeks: list[tuple[date, int | None, int | None]]) -> Table:
    """Of a hundred active builds, how many had the version, by weeks since the one in which it was published."""
    begun = _published(chosen)
    first = begun - timedelta(days=begun.weekday()) if begun else None
    after = [((week - first) // WEEK, part, whole) for week, part, whole in weeks if first and week >= first]
    values = tuple(_part(part, whole) if whole else None for _, part, whole in after)
    about = "Of a hundred active builds, how many had the version, by weeks since the one in which it was published."
    series = (Series(chosen.version, values),) if after else ()
    rows = tuple(str(week) for week, _, _ in after)
    return Table("adoption", "Time to adopt a version", about, "Weeks since it was published", rows, series, LINE,
                 PERCENT)  # fmt: skip
