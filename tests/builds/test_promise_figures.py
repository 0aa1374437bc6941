"""The check of what was published upholds what publishing wrote, and sees a figure that is about too few."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.builds import adversary
from tests.builds.adversary import FIRST, RELEASES, One
from upheld.builds import promises, publishing, weeks
from upheld.builds.models import Figure

pytestmark = pytest.mark.django_db
ATOM, OTHER = list(RELEASES)[:2]
MONDAY = weeks.monday_of(FIRST)
WEEKS = 5  # the whole of April of 2026, so that there is a month as well
FEW = "figures below the threshold, or between its multiples: 1 of them"
TWICE = "builds that are counted in two groups of a table: 1 of them"
STRANGE = "groups that are not what a table has: 1 of them"


@pytest.fixture(autouse=True)
def _published(db: None) -> None:
    """The tables of forty-five builds of two versions, under the policy's own threshold of twenty."""
    adversary.release()
    days = [(at, atom, ("start", "open", "share")) for at, atom in ((0, ATOM), (1, OTHER))]
    adversary.write([One(True, {FIRST + at: [days[one % 2]] for at in range(WEEKS)}) for one in range(45)])
    for week in range(FIRST, FIRST + WEEKS):
        publishing.publish_week("engine", week)


def table(view: str = "active", period: str = "week", start: date = MONDAY) -> Figure:
    return Figure.objects.get(period=period, start=start, view=view)


def test_what_publishing_wrote_upholds_it() -> None:
    finding = promises.figures()
    assert finding.upheld, finding
    groups = sum(len(each.blocks) for each in Figure.objects.exclude(view="threshold"))
    assert groups > 20
    tables = Figure.objects.exclude(view="threshold").count()
    assert finding.figure == f"{groups} groups of builds in {tables} tables, 0 of them wrong"


def test_before_anything_is_published_it_is_upheld() -> None:
    Figure.objects.all().delete()
    assert promises.figures().upheld


@pytest.mark.parametrize("count", [0, 1, 19, 21, -20, 20.0, "20", True, None])
@pytest.mark.parametrize(("view", "period"), [("active", "week"), ("active", "day"), ("feature:start", "week")])
def test_any_other_figure_breaks_it(count: object, view: str, period: str) -> None:
    found = table(view, period)
    found.blocks[0]["builds"] = count
    found.save()
    assert promises.figures().details == (FEW,)


def test_a_month_of_too_few_breaks_it() -> None:
    found = table(period="month", start=date(2026, 4, 1))
    assert found.blocks[0]["builds"] == 40
    found.blocks[0]["builds"] = 39
    found.save()
    assert promises.figures().details == (FEW,)


def _again(blocks: list[Any]) -> None:
    blocks.append(blocks[0])


def _within_another(blocks: list[Any]) -> None:
    blocks.append({"of": [["1.9.0", "any"], blocks[0]["of"][0]], "builds": 20})


def _exactly(blocks: list[Any]) -> None:
    blocks[0]["exactly"] = 23


def _no_group(blocks: list[Any]) -> None:
    blocks.append(20)


SPOILT: dict[str, tuple[Callable[[list[Any]], None], str]] = {
    "the same row a second time": (_again, TWICE),
    "a group within another": (_within_another, TWICE),
    "more than a figure": (_exactly, STRANGE),
    "a figure of nobody": (_no_group, STRANGE),
}


@pytest.mark.parametrize(("spoil", "said"), SPOILT.values(), ids=SPOILT)
def test_anything_else_in_a_table_breaks_it(spoil: Callable[[list[Any]], None], said: str) -> None:
    found = table()
    spoil(found.blocks)
    found.save()
    assert promises.figures().details == (said,)


def test_a_week_that_says_no_threshold_breaks_it() -> None:
    table("threshold").delete()
    tables = Figure.objects.filter(start__gte=MONDAY, start__lt=MONDAY + timedelta(weeks=1)).exclude(period="month")
    assert promises.figures().details == (f"tables of a week that says no threshold: {tables.count()} of them",)


@pytest.mark.parametrize("said", [[19], [0], [20, 20], ["20"], 20, {"of": [], "builds": 20}])
def test_a_threshold_that_no_policy_had_breaks_it(said: object) -> None:
    Figure.objects.filter(pk=table("threshold").pk).update(blocks=said)
    assert "thresholds that no policy had: 1 of them" in promises.figures().details


def test_a_table_that_is_no_table_breaks_it() -> None:
    Figure.objects.filter(pk=table().pk).update(blocks=23)
    assert promises.figures().details == ("tables that have no groups: 1 of them",)


def test_a_second_table_of_nearly_the_same_days_breaks_it() -> None:
    blocks = table().blocks
    Figure.objects.create(
        product="engine", period="week", start=MONDAY + timedelta(days=1), view="active", blocks=blocks
    )
    Figure.objects.create(product="engine", period="month", start=date(2026, 4, 2), view="active", blocks=blocks)
    assert promises.figures().details == ("tables of a time that is no whole day, week or month: 2 of them",)


def test_of_one_table_there_is_no_second() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.create(product="engine", period="week", start=MONDAY, view="active", blocks=[])


def test_a_week_without_a_threshold_must_be_empty() -> None:
    """As a restore leaves it."""
    Figure.objects.filter(pk=table("threshold").pk).update(blocks=[])
    assert any("tables of a week that says no threshold" in each for each in promises.figures().details)
