"""From published figures to tables. Every sum here is of whole published groups: nothing is taken from anything."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

from upheld.builds.models import Figure
from upheld.builds.naming import OTHER
from upheld.desk.insight import moving
from upheld.desk.insight.chosen import Chosen, features
from upheld.desk.insight.tables import BARS, LINE, PERCENT, STACKED, Series, Table
from upheld.policy import force

Block = dict[str, Any]
"""`{"of": [["1.2.3", "linux-x64"]], "builds": 40}`: which group, and its figure."""
ACROSS = {"day": "Day", "week": "Week of", "month": "Month of"}
WEEK = "week"
OTHERS = ("Other versions", "Other platforms")  # told together: upheld.builds.naming
MANY = 5  # features over time, unless one is chosen


@dataclass(frozen=True)
class Read:
    """What one answer needs of the published figures, read once."""

    chosen: Chosen
    active: Mapping[date, list[Block]]  # by week, those of versions and platforms, in the order of the weeks
    last: Mapping[str, list[Block]]  # by view, those of the last week

    @cached_property
    def starts(self) -> tuple[str, ...]:
        return tuple(start.isoformat() for start in self.active)


def read(chosen: Chosen) -> Read:
    """Two queries. Versions, platforms and features are told by the week."""
    rows = of_period(chosen, WEEK)
    active = dict(rows.filter(view="active").order_by("start").values_list("start", "blocks"))
    last = dict(rows.filter(start=max(active)).values_list("view", "blocks")) if active else {}
    return Read(chosen, active, last)


def of_period(chosen: Chosen, period: str) -> Any:
    """A QuerySet of figures."""
    return Figure.objects.filter(product=chosen.product, period=period, start__range=(chosen.since, chosen.until))


def total(blocks: list[Block], chosen: Chosen, version: str = "") -> int | None:
    """The groups of what was chosen, added up; None where none is."""
    found = [each["builds"] for each in blocks if fits(each, version or chosen.version, chosen.platform)]
    return sum(found) if found else None


def fits(block: Block, version: str, platform: str) -> bool:
    [of] = block["of"]
    return (not version or of[0] == version) and (not platform or of[1] == platform)


def _active(found: Read) -> Table:
    """By the period that was chosen; of one version or platform, by the week, since days and months are of all."""
    chosen, by_week = found.chosen, bool(found.chosen.version or found.chosen.platform)
    period = WEEK if by_week else chosen.period
    blocks = dict(found.active)
    if period != WEEK:
        rows = of_period(chosen, period).filter(view="active").order_by("start")
        blocks = dict(rows.values_list("start", "blocks"))
    return Table(
        "active", "Active builds", "How many builds reported anything.", ACROSS[period],
        tuple(start.isoformat() for start in blocks),
        (Series("Active builds", tuple(total(each, chosen) for each in blocks.values())),),
    )  # fmt: skip


def _grouped(blocks: list[Block], chosen: Chosen, at: int) -> dict[str, int]:
    """By version (0) or platform (1)."""
    added: dict[str, int] = defaultdict(int)
    for block in blocks:
        if fits(block, chosen.version, chosen.platform):
            [of] = block["of"]
            added[OTHERS[at] if of[at] == OTHER else of[at]] += block["builds"]
    return added


def _versions(found: Read) -> Table:
    by_day = [_grouped(blocks, found.chosen, 0) for blocks in found.active.values()]
    names = sorted({name for each in by_day for name in each}, key=lambda name: (name in OTHERS, _order(name)))
    series = tuple(Series(name, tuple(each.get(name) for each in by_day)) for name in names)
    return Table(
        "versions", "Versions", "How many builds reported, by version.", ACROSS[WEEK], found.starts,
        series, STACKED,
    )  # fmt: skip


def _order(version: str) -> list[tuple[int, int, str]]:
    """Numbers by their size, and before words."""
    parts = version.replace("-", ".").split(".")
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def _platforms(found: Read) -> Table:
    added = _grouped(found.active[max(found.active)] if found.active else [], found.chosen, 1)
    names = sorted(added, key=lambda name: -added[name])
    return _bars("platforms", "Platforms", "How many builds reported", "Platform", names, [added[n] for n in names],
                 found)  # fmt: skip


def _bars(
    view: str, title: str, about: str, across: str, rows: list[str], values: list[int | None] | list[int], found: Read
) -> Table:
    when = f"{about} in the week of {found.starts[-1]}." if found.starts else f"{about}."
    return Table(view, title, when, across, tuple(rows), (Series("Builds", tuple(values)),), BARS)


def _features(found: Read) -> Table:
    named = features()
    values = {name: total(found.last.get(f"feature:{name}", []), found.chosen) for name in named}
    names = sorted(named, key=lambda name: -(values[name] or 0)) if found.active else []
    return _bars("features", "Features", "How many builds used each", "Feature", [named[name] for name in names],
                 [values[name] for name in names], found)  # fmt: skip


def _features_over_time(found: Read) -> Table:
    named = features()
    largest = sorted(named, key=lambda name: -(total(found.last.get(f"feature:{name}", []), found.chosen) or 0))
    shown = [name for name in largest if f"feature:{name}" in found.last][:MANY]
    names = [found.chosen.feature] if found.chosen.feature else shown
    rows = of_period(found.chosen, WEEK).filter(view__in=[f"feature:{name}" for name in names])
    read = {(view, start): blocks for view, start, blocks in rows.values_list("view", "start", "blocks")}
    series = tuple(
        Series(named[name], tuple(total(read.get((f"feature:{name}", day), []), found.chosen) for day in found.active))
        for name in names
    )
    return Table(
        "features-over-time", "Features over time", "How many builds used each at least once.",
        ACROSS[WEEK], found.starts, series, LINE,
    )  # fmt: skip


def _comparison(found: Read) -> Table:
    """Of two versions: how many of each hundred builds used a feature."""
    named, pair = features(), [each for each in (found.chosen.version, found.chosen.other) if each]
    active = found.last.get("active", [])
    series = []
    for version in pair if len(pair) == 2 else []:
        whole = total(active, found.chosen, version)
        used = [total(found.last.get(f"feature:{name}", []), found.chosen, version) for name in named]
        series.append(Series(version, tuple(share(each, whole) for each in used)))
    rows = tuple(named.values()) if series else ()
    about = "Of a hundred builds of each version, how many used a feature."
    return Table("comparison", "Two versions compared", about, "Feature", rows, tuple(series), BARS, PERCENT)


def share(part: int | None, whole: int | None) -> int | None:
    """Whole percent, rounded down. Both are published figures."""
    return None if part is None or not whole else min(part * 100 // whole, 100)


def _funnel(name: str) -> "Callable[[Read], Table]":
    def made(found: Read) -> Table:
        declared, named = force.in_force().usage.funnels[name], features()
        blocks, steps = found.last.get(f"funnel:{name}", []), declared.steps
        values = [_reached(blocks, step, steps) for step in steps]
        rows = [named.get(step, force.in_force().usage.events[step].title or step) for step in steps]
        title = f"Where people stop: {declared.title or name}"
        return _bars(f"funnel-{name}", title, "How many builds came as far as each step", "Step",
                     rows if found.active else [], values if found.active else [], found)  # fmt: skip

    return made


def _reached(blocks: list[Block], step: str, steps: tuple[str, ...]) -> int | None:
    """Builds whose deepest step is this one or a later one; only groups that are wholly so."""
    beyond = set(steps[steps.index(step) :])
    found = [each["builds"] for each in blocks if set(each["of"]) <= beyond]
    return sum(found) if found else None


def views() -> Mapping[str, Callable[[Read], Table]]:
    """Every table that there is, by its name in addresses, in the order of the page."""
    made = {
        "active": _active, "versions": _versions, "platforms": _platforms, "features": _features,
        "features-over-time": _features_over_time, "movement": _weekly("movement", moving.movement),
        "adoption": _adoption, "retention": _weekly("cohorts", moving.retention), "comparison": _comparison,
    }  # fmt: skip
    return MappingProxyType(made | {f"funnel-{name}": _funnel(name) for name in force.in_force().usage.funnels})


def _weekly(view: str, made: Callable[[moving.Weeks], Table]) -> Callable[[Read], Table]:
    def read(found: Read) -> Table:
        rows = of_period(found.chosen, WEEK).filter(view=view).order_by("start")
        return made(dict(rows.values_list("start", "blocks")))

    return read


def _adoption(found: Read) -> Table:
    anything = replace(found.chosen, version="")
    shown = found.active if found.chosen.version else {}
    return moving.adoption(
        found.chosen, [(week, total(blocks, found.chosen), total(blocks, anything)) for week, blocks in shown.items()]
    )


def tables(chosen: Chosen, only: str = "") -> list[Table]:
    """All tables, or the one that is named. Raises KeyError for one that there is not."""
    made, found = views(), read(chosen)
    return [made[only](found)] if only else [each(found) for each in made.values()]
