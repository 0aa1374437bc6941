"""Figures are made once, some days after their week, and never change."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

import pytest

from tests.builds import adversary
from tests.builds.adversary import FIRST, RELEASES, One
from upheld import ledger
from upheld.builds import naming, periods, publishing, weeks
from upheld.builds.models import Build, Counted, Figure, Release
from upheld.policy import force
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
    assert publishing.publish_due(READY + timedelta(days=14)) == 2
    after = adversary.published()
    assert {table: after[table] for table in before} == before


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


def test_a_week_of_nobody_has_the_same_tables_as_any_other() -> None:
    """Or whether anything was counted, be it by one build, would be seen."""
    days = [READY + timedelta(weeks=at) for at in range(6)]
    nobody = caught_up([], days)
    one = caught_up(many(1, weeks=6, what="open.web"), days)
    crowd = caught_up(many(50, weeks=6, what="open.web"), days)
    assert nobody == one
    assert nobody.keys() == crowd.keys()
    assert nobody != crowd
    told = {view for period, start, view in nobody if (period, start) == ("week", MONDAY)}
    assert {"active", "cohorts", "movement", "threshold", "funnel:first", "feature:open.web"} <= told
    assert {start for period, start, _ in nobody if period == "day"} >= {MONDAY + timedelta(days=at) for at in range(7)}
    assert ("month", date(2026, 4, 1), "active") in nobody
    assert not any(blocks for (_, _, view), blocks in nobody.items() if view != "threshold")


def caught_up(population: list[One], days: list[date]) -> adversary.Published:
    """What is published when the worker looks on these days, from nothing."""
    adversary.clear()
    adversary.release()
    adversary.write(population)
    for day in days:
        publishing.publish_due(day)
    return adversary.published()


def test_figures_begin_in_the_week_of_the_first_release() -> None:
    adversary.write([One(True, {FIRST - 20: [(0, ATOM, ("start",))]}) for _ in range(9)])
    publishing.publish_due(READY)
    starts = Figure.objects.filter(period="week", view="active").order_by("start").values_list("start", flat=True)
    assert list(starts) == [MONDAY - timedelta(weeks=back) for back in range(13, -1, -1)]
    assert starts[0] == date(2025, 12, 29)  # that of the first of January


def test_a_product_without_a_release_or_that_the_policy_does_not_name_has_no_figures() -> None:
    Release.objects.all().delete()
    adversary.write(many(9))
    assert publishing.publish_due(READY) == 0
    adversary.release()
    Release.objects.update(product="toaster")
    assert publishing.publish_due(READY) == 0
    assert not Figure.objects.exists()


def test_weeks_of_which_the_counts_are_gone_are_not_caught_up() -> None:
    """They are kept for thirteen months."""
    publishing.publish_due(date(2027, 4, 9))
    first = Figure.objects.filter(period="week").order_by("start").values_list("start", flat=True).first()
    assert first == date(2026, 3, 9)


def test_a_policy_that_lets_builds_count_nothing_has_no_figures() -> None:
    given = force.in_force()
    nothing = replace(given, usage=replace(given.usage, events={}, funnels={}))
    with patch.object(force, "in_force", return_value=nothing):
        assert publishing.publish_due(READY) == 0
