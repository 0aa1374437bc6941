"""Figures are made once, some days after their week, and never change."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tests.builds import adversary
from tests.builds.adversary import FIRST, RELEASES, One
from upheld import ledger
from upheld.builds import naming, periods, publishing, weeks
from upheld.builds.models import Build, Counted, Figure
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db
ATOM, OTHER = list(RELEASES)[:2]
MONDAY = weeks.monday_of(FIRST)
READY = MONDAY + timedelta(days=7) + periods.LAG


@pytest.fixture(autouse=True)
def _threshold(db: None) -> Iterator[None]:
    with adversary.policy(5):
        adversary.release()
        yield


def many(count: int, *, weeks: int = 1, what: str = "start") -> list[One]:
    return [One(True, {FIRST + at: [(0, ATOM, (what,))] for at in range(weeks)}) for _ in range(count)]


def told(view: str, period: str = "week", start: date = MONDAY) -> list[tuple[object, int]]:
    blocks = Figure.objects.get(product="engine", period=period, start=start, view=view).blocks
    return [(block["of"][0], block["builds"]) for block in blocks]


def test_a_week_is_published_when_reports_have_had_time_to_come() -> None:
    adversary.write(many(7))
    publishing.publish_due(READY - timedelta(days=1))
    assert not Figure.objects.filter(period="week", start=MONDAY).exists()
    assert publishing.publish_due(READY) == 1
    assert told("active") == [(list(ATOM), 5)]
    assert told("active", "day") == [(["all", "all"], 5)]
    assert told("active", "day", MONDAY + timedelta(days=1)) == []
    assert told("feature:start") == [(list(ATOM), 5)]
    assert told("feature:share") == []
    assert told("cohorts") == [(MONDAY.isoformat(), 5)]
    assert publishing.publish_due(READY) == 0


def test_a_group_that_is_smaller_is_nowhere() -> None:
    adversary.write([*many(4), *[One(True, {FIRST: [(1, OTHER, ("share",))]}) for _ in range(6)]])
    publishing.publish_due(READY)
    assert told("active") == [(list(OTHER), 5)]
    assert told("feature:start") == []
    assert told("active", "day") == []


def test_what_was_published_never_changes() -> None:
    adversary.write(many(12))
    publishing.publish_due(READY)
    before = adversary.published()
    adversary.write(many(40))
    assert publishing.publish_due(READY) == 0
    Counted.objects.all().delete()
    Build.objects.all().delete()
    publishing.publish_due(READY + timedelta(days=14))
    assert adversary.published() == before


def test_weeks_without_figures_are_marked_and_caught_up() -> None:
    late = [One(True, {FIRST: [(0, ATOM, ())], FIRST + 6: [(2, ATOM, ("start",))]}) for _ in range(6)]
    adversary.write(late)
    assert publishing.publish_due(READY + timedelta(weeks=6)) >= 7
    assert told("active", start=MONDAY + timedelta(weeks=3)) == []
    assert told("active", start=MONDAY + timedelta(weeks=6)) == [(list(ATOM), 5)]
    assert told("cohorts", start=MONDAY + timedelta(weeks=6)) == [(MONDAY.isoformat(), 5)]


def test_a_month_is_of_whole_weeks_and_of_all_builds_together() -> None:
    adversary.write(many(11, weeks=5))
    publishing.publish_due(READY + timedelta(weeks=4))
    assert told("active", "month", date(2026, 4, 1)) == [(["all", "all"], 10)]


def test_funnels_tell_how_far_builds_came() -> None:
    far = [One(True, {FIRST: [(0, ATOM, ("start", "open.web"))]}) for _ in range(10)]
    adversary.write([*many(10), *far])
    publishing.publish_due(READY)
    assert told("funnel:first") == [("start", 10), ("open", 10)]
    assert told("feature:open.web") == [(list(ATOM), 10)]


def test_a_build_that_was_updated_is_told_once_with_its_last_version() -> None:
    updated = [One(True, {FIRST: [(0, ATOM, ("share",)), (3, OTHER, ("start",))]}) for _ in range(5)]
    adversary.write(updated)
    publishing.publish_due(READY)
    assert told("active") == told("feature:start") == [(list(OTHER), 5)]
    assert told("feature:share") == []


def test_movement_follows_from_other_figures() -> None:
    adversary.write([*many(10), *many(10, weeks=2)])
    publishing.publish_due(READY + timedelta(weeks=1))
    assert told("movement") == [("new", 20)]
    assert told("movement", start=MONDAY + timedelta(weeks=1)) == [("before", 10), ("gone", 10)]


def test_figures_of_two_thresholds_are_not_put_together() -> None:
    adversary.write(many(12, weeks=5))
    publishing.publish_due(READY)
    with adversary.policy(6):
        publishing.publish_due(READY + timedelta(weeks=4))
    assert told("cohorts", start=MONDAY + timedelta(weeks=1)) == []
    assert told("active", start=MONDAY + timedelta(weeks=1)) == [(list(ATOM), 12)]
    assert told("active", "month", date(2026, 4, 1)) == []


def test_each_week_has_one_entry_and_is_made_by_one_worker() -> None:
    adversary.write(many(7))
    assert publishing.publish_week("engine", FIRST) == 1
    assert publishing.publish_week("engine", FIRST) == 0
    [entry] = ledger.Entry.objects.filter(act=Act.FIGURES_PUBLISH.value)
    assert MONDAY.isoformat().encode() in bytes(entry.body)


def test_a_week_is_whole_where_a_month_ends() -> None:
    """Its first days are counted with one month, its last with another; a build of both is one build."""
    both = [One(True, {FIRST: [(0, ATOM, ("start",)), (3, ATOM, ("share",))]}) for _ in range(5)]
    adversary.write(both)
    publishing.publish_week("engine", FIRST)
    assert Counted.objects.count() == 10
    assert told("active") == told("feature:start") == told("feature:share") == [(list(ATOM), 5)]


def test_old_versions_without_figures_are_told_together() -> None:
    released = {("1.0.0", "any"): date(2025, 1, 1), ("2.0.0", "any"): MONDAY, ("1.1.0", "any"): date(2025, 2, 1)}
    monday = next(day for at in range(8) if (day := MONDAY + timedelta(weeks=at)).toordinal() // 7 % 8 == 3)
    shown = naming.labels(released, monday, [("1.1.0", "any"), ("other", "any")])
    assert shown == {("1.0.0", "any"): ("other", "any"), ("1.1.0", "any"): ("1.1.0", "any"),
                     ("2.0.0", "any"): ("2.0.0", "any")}  # fmt: skip
    assert naming.labels(released, monday, [("1.1.0", "any")])["1.0.0", "any"] == ("other", "other")
    assert naming.labels(released, monday, [])["1.0.0", "any"] == ("1.0.0", "any")
