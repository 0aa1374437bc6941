"""Figures as they are published, for tests of what shows them."""

from collections.abc import Iterable
from datetime import date, timedelta

from upheld.builds.models import Figure

FIRST = date(2026, 8, 3)  # a Monday
LINUX, WINDOWS = "linux-x64", "windows-x64"


def publish(view: str, start: date, *blocks: tuple[Iterable[object], int], period: str = "day") -> Figure:
    made = [{"of": list(of), "builds": builds} for of, builds in blocks]
    return Figure.objects.create(product="engine", period=period, start=start, view=view, blocks=made)


def days(count: int, *, version: str = "1.2.3") -> None:
    """So many days, each with two versions, two platforms and a group of several; one feature is withheld."""
    for at in range(count):
        day, grown = FIRST + timedelta(days=at), 20 * (at % 30)
        linux, windows, old = [[version, LINUX]], [[version, WINDOWS]], [["1.1.0", LINUX]]
        several = [["1.0.0", LINUX], ["1.0.1", WINDOWS]]
        publish("active", day, (linux, 400 + grown), (windows, 200), (old, 100), (several, 40))
        publish("feature:start", day, (linux, 380 + grown), (windows, 180), (old, 80))
        publish("feature:display.webvr", day, (linux, 120), (old, 60))
        publish("funnel:sharing", day, (["start"], 200), (["open"], 100), (["share"], 60))


def weeks(count: int) -> None:
    for at in range(count):
        start = FIRST + timedelta(weeks=at)
        cohorts = [([(start - timedelta(weeks=ago)).isoformat()], 400 // (1 + ago) // 20 * 20) for ago in range(at + 1)]
        publish("cohorts", start, *cohorts, period="week")
        publish("movement", start, (["new"], 400), (["kept"], 20 * at), (["returned", "lost"], 20), period="week")
