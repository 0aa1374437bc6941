"""Populations of builds, what is published about them, and another population that explains it as well.

The other one, the witness, is made of clumps: as many builds as the threshold, all alike. Whoever sees the figures
cannot tell the two apart, and in the witness no group of builds is smaller than the threshold, however it is described.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

from upheld.builds import cells, counts, naming, publishing, weeks
from upheld.builds.models import Build, Counted, Figure, Release
from upheld.builds.periods import LAG, month_of, weeks_of
from upheld.builds.tallying import FOLLOWED
from upheld.policy import force
from upheld.policy.declarations import Event, Funnel

FIRST = weeks.week_of(date(2026, 3, 30))  # April of 2026 is five weeks of it, and May begins after
RELEASES = {(f"1.{at}.0", platform): date(2026, 1, 1) for at in range(2) for platform in ("linux-x64", "any")}
EVENTS = {"start": Event(), "open": Event(values=("file", "web")), "hands": Event(), "share": Event()}
FUNNELS = {"first": Funnel(("start", "open", "hands")), "sharing": Funnel(("start", "open", "share"))}
Day = tuple[int, naming.Label, tuple[str, ...]]  # weekday, version and platform, what happened


@dataclass
class One:
    """A build, and its days by week."""

    followed: bool
    days: dict[int, list[Day]] = field(default_factory=dict)


@contextmanager
def policy(threshold: int) -> Iterator[None]:
    given = force.in_force()
    usage = replace(given.usage, threshold=threshold, events=EVENTS, funnels=FUNNELS)
    with patch.object(force, "in_force", return_value=replace(given, usage=usage)):
        yield


def clear() -> None:
    for model in (Build, Counted, Figure, Release):
        model.objects.all().delete()


def release() -> None:
    Release.objects.bulk_create(
        Release(product="engine", version=version, platform=platform, name="a", size=1, sha256="0" * 64,
                published_at=datetime(day.year, day.month, day.day, tzinfo=UTC))
        for (version, platform), day in RELEASES.items()
    )  # fmt: skip


def write(population: list[One]) -> None:
    """In place of whatever was counted."""
    Build.objects.all().delete()
    Counted.objects.all().delete()
    builds, rows = [], []
    for at, one in enumerate(population):
        build = at * FOLLOWED + (1 if one.followed else 0)
        builds.append(Build(pk=build, product="engine", weeks=weeks.pack(one.days)))
        months: dict[date, counts.Cells] = defaultdict(dict)
        for week, days in one.days.items():
            for weekday, (version, platform), happened in days:
                day = weeks.monday_of(week) + timedelta(days=weekday)
                cell = {(day.day, version, platform): dict.fromkeys(happened, 1)}
                counts.merge(months[day.replace(day=1)], cell)
        rows += [
            Counted(pk=counts.row_id(build, month), build=build, month=month, product="engine", cells=counts.pack(cell))
            for month, cell in months.items()
        ]
    Build.objects.bulk_create(builds)
    Counted.objects.bulk_create(rows)


Published = dict[tuple[str, date, str], Any]


def published() -> Published:
    rows = Figure.objects.values_list("period", "start", "view", "blocks")
    return {(period, start, view): blocks for period, start, view, blocks in rows}


Reached = dict[tuple[int, str], dict[naming.Label, dict[str, int]]]


def publish(moments: list[list[One]]) -> tuple[Published, Reached]:
    """A week at a time, each from the population as it is known by then. Funnels by label as well, untold."""
    clear()
    release()
    reached: Reached = {}
    real, now = cells.funnel, FIRST

    def funnel(tally: Any, threshold: int, steps: tuple[str, ...], active: Any, used: Any) -> dict[str, int]:
        each = {at: real(tally, threshold, steps, {at: figure}, used) for at, figure in active.items()}
        reached[now, steps[-1]] = each
        return real(tally, threshold, steps, active, used)

    with patch.object(cells, "funnel", funnel):
        for now, population in enumerate(moments, FIRST):
            write(population)
            publishing.publish_due(weeks.monday_of(now + 1) + LAG)
    return published(), reached


def witness(seen: Published, reached: Reached, threshold: int, count: int) -> list[One]:
    """A population in clumps of which the same is published. Fails where there is none."""
    made = _Witness(seen, reached, threshold, range(FIRST, FIRST + count))
    made.identities()
    for week in made.span:
        made.week(week)
    return [replace(one, days=dict(one.days)) for one in made.clumps for _ in range(threshold)]


def spread(sizes: list[int], over: int) -> list[set[int]]:
    """Sets of these sizes that are together all of `range(over)`."""
    assert max(sizes, default=0) <= over <= sum(sizes), (sizes, over)
    places, at = [], 0
    for size in sizes:
        places.append({(at + step) % over for step in range(size)})
        at += size
    return places


@dataclass
class _Witness:
    seen: Published
    reached: Reached
    threshold: int
    span: range
    clumps: list[One] = field(default_factory=list)
    active: dict[int, list[One]] = field(default_factory=lambda: defaultdict(list))

    def table(self, week: int, view: str, period: str = "week", day: int = 0) -> dict[Any, int]:
        """In clumps; every figure is of whole ones."""
        found = {}
        for block in self.seen[period, weeks.monday_of(week) + timedelta(days=day), view]:
            of = block["of"][0]
            assert block["builds"] % self.threshold == 0
            found[tuple(of) if isinstance(of, list) else of] = block["builds"] // self.threshold
        return found

    def new(self, followed: bool, many: int) -> list[One]:
        made = [One(followed) for _ in range(many)]
        self.clumps += made
        return made

    def identities(self) -> None:
        """Who is active in which week: by week of first use, and so that each month has as many as were told."""
        told = {w: {self._week(first): n for first, n in self.table(w, "cohorts").items()} for w in self.span}
        people = {first: self.new(True, told[first][first]) for first in self.span if first in told[first]}
        for month in sorted({month_of(week) for week in self.span}):
            those = [week for week in weeks_of(month) if week in self.span]
            rest = [sum(self.table(w, "active").values()) - sum(told[w].values()) for w in those]
            groups: dict[int | None, list[int]] = {
                first: sizes for first in people if any(sizes := [told[week].get(first, 0) for week in those])
            }
            groups[None] = rest
            bounds = {
                first: (max(sizes), min(sum(sizes), len(people[first]) if first is not None else sum(sizes)))
                for first, sizes in groups.items()
            }
            chosen = {first: least for first, (least, _) in bounds.items()}
            blocks = self.seen.get(("month", month, "active"))
            if blocks is not None:
                more = sum(block["builds"] for block in blocks) // self.threshold - sum(chosen.values())
                assert more >= 0
                for first, (least, most) in bounds.items():
                    added = min(more, most - least)
                    chosen[first] += added
                    more -= added
                assert more == 0
            for first, sizes in groups.items():
                ones = people[first] if first is not None else self.new(False, chosen[None])
                for week, places in zip(those, spread(sizes, chosen[first]), strict=True):
                    self.active[week] += [ones[place] for place in sorted(places)]

    def _week(self, monday: str) -> int:
        return weeks.week_of(date.fromisoformat(monday))

    def week(self, week: int) -> None:
        ones = self.active[week]
        labels = self.table(week, "active")
        assert sum(labels.values()) == len(ones)
        daily = [sum(self.table(week, "active", "day", day).values()) for day in range(7)]
        days: list[list[int]] = [[] for _ in ones]
        for day, places in enumerate(spread(daily, len(ones))):
            for place in places:
                days[place].append(day)
        at = 0
        for label, size in labels.items():
            happened = self.happened(week, label, size)
            for place in range(size):
                ones[at].days[week] = [(day, self.atom(week, label), tuple(happened[place])) for day in days[at]]
                at += 1

    def atom(self, week: int, label: naming.Label) -> naming.Label:
        before = self.table(week - 1, "active") if week - 1 in self.span else {}
        told = naming.labels(RELEASES, weeks.monday_of(week), before)
        return next(atom for atom, its in told.items() if its == label)

    def happened(self, week: int, label: naming.Label, size: int) -> list[list[str]]:
        """What each clump under the label used: funnels first, since they say what was used together."""
        had: dict[str, set[int]] = {}
        everyone = set(range(size))
        for funnel in FUNNELS.values():
            deepest = self.reached[week, funnel.steps[-1]][label]
            within = everyone
            for depth, step in enumerate(funnel.steps):
                came = sum(deepest.get(each, 0) for each in funnel.steps[depth:]) // self.threshold
                uses = self.table(week, f"feature:{step}").get(label, 0)
                if step not in had:
                    outside = sorted(everyone - within)[: uses - came]
                    assert len(outside) == uses - came
                    had[step] = set(sorted(within)[:came]) | set(outside)
                within = within & had[step]
                assert (len(within), len(had[step])) == (came, uses)
        return self.with_values(week, label, size, had)

    def with_values(self, week: int, label: naming.Label, size: int, had: dict[str, set[int]]) -> list[list[str]]:
        happened: list[list[str]] = [[] for _ in range(size)]
        for event, declared in EVENTS.items():
            places = sorted(had[event])
            named = [f"{event}.{value}" for value in declared.values] or [event]
            sizes = [self.table(week, f"feature:{what}").get(label, 0) for what in named]
            for what, within in zip(named, spread(sizes, len(places)), strict=True):
                for place in within:
                    happened[places[place]].append(what)
        return happened


def small_groups(population: list[One], threshold: int) -> list[Any]:
    """Every kind of build there is, by all that is known of it, of which there are fewer than the threshold."""
    kinds = [(one.followed, sorted(one.days.items())) for one in population]
    kinds.sort(key=repr)
    return [kind for kind, same in itertools.groupby(kinds) if len(list(same)) % threshold]
