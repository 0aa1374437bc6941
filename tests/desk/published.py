"""Figures as they are published, for tests of what shows them."""

from collections.abc import Iterable
from datetime import date, timedelta

from upheld.builds.models import Figure

FIRST = date(2026, 8, 3)  # a Monday
LINUX, WINDOWS = "linux-x64", "windows-x64"


def publish(view: str, start: date, *blocks: tuple[Iterable[object], int], period: str = "day") -> Figure:
    made = [{"of": list(of), "builds": builds} for of, builds in blocks]
    return Figure.objects.create(product="engine", period=period, start=start, view=view, blocks=made)


def days(count: int) -> None:
    """So many days, of all builds together."""
    for at in range(count):
        publish("active", FIRST + timedelta(days=at), ([["all", "all"]], 740 + 20 * (at % 30)))


def weeks(count: int, *, version: str = "1.2.3") -> None:
    """So many weeks, each with two versions, two platforms and the others; all features but two are withheld."""
    for at in range(count):
        start, grown = FIRST + timedelta(weeks=at), 20 * (at % 30)
        linux, windows, old = [[version, LINUX]], [[version, WINDOWS]], [["1.1.0", LINUX]]
        others = [["other", "other"]]
        cohorts = [([(start - timedelta(weeks=ago)).isoformat()], 400 // (1 + ago) // 20 * 20) for ago in range(at + 1)]
        tables = {
            "active": [(linux, 400 + grown), (windows, 200), (old, 100), (others, 40)],
            "feature:start": [(linux, 380 + grown), (windows, 180), (old, 80)],
            "feature:display.webvr": [(linux, 120), (old, 60)],
            "funnel:sharing": [(["start"], 200), (["open"], 100), (["share"], 60)],
            "cohorts": cohorts,
            "movement": [(["new"], 400), *([(["before"], 340 + grown)] if at else [])],
        }
        for view, blocks in tables.items():
            publish(view, start, *blocks, period="week")
