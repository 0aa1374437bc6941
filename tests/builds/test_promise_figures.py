"""The check of what was published upholds what holds, and sees a figure that is about too few."""

from datetime import date

import pytest

from upheld.builds import promises
from upheld.builds.models import Figure

pytestmark = pytest.mark.django_db
ONE, OTHER = ["1.2.3", "linux-x64"], ["1.2.4", "linux-x64"]


def publish(*blocks: object) -> None:
    Figure.objects.create(product="engine", period="day", start=date(2026, 11, 1), view="active", blocks=list(blocks))


def test_groups_of_many_uphold_it() -> None:
    publish({"of": [ONE], "builds": 20}, {"of": [OTHER], "builds": 140})
    finding = promises.figures()
    assert finding.upheld
    assert finding.figure == "2 groups of builds in 1 tables, 0 of them wrong"


@pytest.mark.parametrize("count", [0, 1, 19, 21, -20, 20.0, "20", True, None])
def test_any_other_figure_breaks_it(count: object) -> None:
    publish({"of": [ONE], "builds": count})
    assert promises.figures().details == ("figures below the threshold, or between its multiples: 1 of them",)


def test_a_build_in_two_groups_breaks_it() -> None:
    publish({"of": [ONE], "builds": 20}, {"of": [ONE, OTHER], "builds": 40})
    assert promises.figures().details == ("builds that are counted in two groups of a table: 1 of them",)


def test_anything_else_in_a_table_breaks_it() -> None:
    publish({"of": [ONE], "builds": 20, "exactly": 23}, "20")
    assert promises.figures().details == ("groups that are not what a table has: 2 of them",)
