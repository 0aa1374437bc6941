"""From what was added up about a week or a month to its tables of figures. Pure: no clock, no database.

A block is `{"of": […], "builds": 40}`: what the group is, and its figure. Of a figure of zero there is none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from upheld.builds.guard import between, partition, rounded
from upheld.builds.naming import Label
from upheld.builds.tallying import Tally
from upheld.builds.weeks import monday_of
from upheld.policy.declarations import Event

Blocks = list[dict[str, Any]]
ALL = ("all", "all")
FOLLOWED_WEEKS = 26  # so long a week's new builds are followed


def week(tally: Tally, threshold: int) -> tuple[dict[Label, int], dict[int, int]]:
    """The builds of each label, and of each of the seven days."""
    days = {day: rounded(tally.days[day], threshold) for day in range(7)}
    active = partition(tally.labels, threshold, order=sorted(tally.labels), budget=sum(days.values()))
    most = sum(active.values())
    return active, {day: min(figure, most) for day, figure in days.items()}


def features(
    tally: Tally, threshold: int, events: Mapping[str, Event], active: Mapping[Label, int]
) -> dict[str, dict[Label, int]]:
    """By event, and by event and value: the builds under each label that had it at least once.

    An event is told by as many builds at most as its values are together.
    """
    found: dict[str, dict[Label, int]] = {}
    for name, event in events.items():
        values = {value: f"{name}.{value}" for value in event.values}
        for what in values.values():
            found[what] = {at: min(rounded(tally.used[at, what], threshold), most) for at, most in active.items()}
        found[name] = {at: min(rounded(tally.used[at, name], threshold), most) for at, most in active.items()}
        if values:
            together = {at: sum(found[what][at] for what in values.values()) for at in active}
            found[name] = {at: min(figure, together[at]) for at, figure in found[name].items()}
    return found


def funnel(
    tally: Tally, threshold: int, steps: tuple[str, ...], active: Mapping[Label, int], used: Mapping[str, Any]
) -> dict[str, int]:
    """By step: the builds that came as far, and no further. Each step is bounded by what is told of its event."""
    deepest: Counter[str] = Counter()
    for at, all_of_them in active.items():
        reached = all_of_them
        for depth, step in enumerate(steps):
            had = used[step][at]
            came = rounded(tally.reached[at, steps[: depth + 1]], threshold)
            came = between(came, max(0, had + reached - all_of_them), min(had, reached))
            deepest[step] += came
            if depth:
                deepest[steps[depth - 1]] -= came
            reached = came
    return dict(deepest)


def cohorts(tally: Tally, threshold: int, this: int, whole: Mapping[int, int], total: int) -> dict[int, int]:
    """By week of first use: the builds that are active in the week `this`, of those that are followed.

    `whole` is what was told of each such week when it was this one; no more of its builds can be left.
    """
    kept = {first: min(tally.firsts[first], size) for first, size in whole.items() if first > this - FOLLOWED_WEEKS}
    kept[this] = tally.firsts[this]
    return partition(kept, threshold, order=sorted(kept, reverse=True), budget=total)


def month(
    count: int,
    threshold: int,
    totals: Mapping[int, int],
    told: Mapping[int, Mapping[int, int]],
    whole: Mapping[int, int],
) -> int:
    """The builds of a month of whole weeks, no more and no fewer than its weeks allow.

    `totals`: the figure of each week; `told`: its cohorts; `whole`: those when they were new.
    """
    seen: dict[int, list[int]] = {}
    for by_first in told.values():
        for first, figure in by_first.items():
            seen.setdefault(first, []).append(figure)
    rest = [total - sum(told[week].values()) for week, total in totals.items()]
    least = sum(max(figures) for figures in seen.values()) + max(rest, default=0)
    most = sum(min(whole[first], sum(figures)) for first, figures in seen.items()) + sum(rest)
    return between(rounded(count, threshold), least, most)


def blocks(figures: Mapping[Label, int]) -> Blocks:
    return [{"of": [list(label)], "builds": figure} for label, figure in sorted(figures.items()) if figure]


def named(figures: Iterable[tuple[str, int]]) -> Blocks:
    return [{"of": [name], "builds": figure} for name, figure in figures if figure]


def by_monday(figures: Mapping[int, int]) -> Blocks:
    return named((monday_of(first).isoformat(), figure) for first, figure in sorted(figures.items()))


def movement(new: int, total: int, before: int | None) -> Blocks:
    """New builds, those that were there already, and by how many more went than came back. All from other figures.

    `before`: the total of the week before; None if there is none.
    """
    gone = max(0, before + new - total) if before is not None else 0
    return named((("new", new), ("before", total - new), ("gone", gone)))
