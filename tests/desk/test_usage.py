"""How products are used, at the desk: published figures alone, drawn, in tables and as files."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.desk.published import FIRST, LINUX, WINDOWS, days, publish, weeks
from tests.web.conftest import Visitor
from tests.working import at_the_desk, member
from upheld.builds.models import Release
from upheld.desk.insight import sources
from upheld.desk.insight.chosen import ChosenForm

pytestmark = pytest.mark.django_db
HERE = "/desk/usage/"
HOSTILE = '"><script src=//evil.example></script>&</svg>'


@pytest.fixture
def browser() -> Visitor:
    found = at_the_desk(member("products"), Visitor())
    assert isinstance(found, Visitor)
    return found


def asked(**given: str) -> dict[str, str]:
    return {"product": "engine", "since": f"{FIRST}", "until": f"{FIRST + timedelta(days=60)}", **given}


def page(browser: Visitor, **given: str) -> str:
    answer = browser.get(HERE, asked(**given))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def table(browser: Visitor, view: str, **given: str) -> dict[str, object]:
    answer = browser.get(f"{HERE}{view}/json/", asked(**given))
    assert answer.status_code == 200
    (found,) = json.loads(answer.content)["tables"]
    assert isinstance(found, dict)
    return found


def figures(browser: Visitor, view: str, **given: str) -> dict[str, list[int | None]]:
    found = table(browser, view, **given)["figures"]
    assert isinstance(found, list)
    return {each["row"]: each["values"] for each in found}


def test_before_the_first_figures_it_says_when_they_come(browser: Visitor) -> None:
    said = page(browser)
    assert "There are no figures for these days yet" in said
    assert "a few days after the end of a week" in said
    assert "<svg xmlns" not in said


def test_every_chart_has_its_table_and_its_files(browser: Visitor) -> None:
    days(3)
    weeks(4)
    said = page(browser, version="1.2.3", other="1.1.0")
    for view in sources.views():
        assert f'id="{view}"' in said
    for view in ("active", "versions", "platforms", "features", "movement", "retention", "comparison"):
        for form in ("svg", "csv", "json"):
            answer = browser.get(f"{HERE}{view}/{form}/", asked(version="1.2.3", other="1.1.0"))
            assert answer.status_code == 200
            assert answer["Content-Disposition"] == f'attachment; filename="engine-{view}.{form}"'


def test_an_address_shows_the_same_again(browser: Visitor) -> None:
    weeks(2)
    said = page(browser, platform=LINUX, version="1.2.3")
    link = re.search(r'href="(\?[^"]*)#active"', said)
    assert link is not None
    again = unescape(browser.get(HERE + link[1]).content.decode())
    assert re.findall(r"<svg class=\"chart.*?</svg>", again) == re.findall(r"<svg class=\"chart.*?</svg>", said)


def test_a_filter_adds_only_groups_that_are_wholly_within_it(browser: Visitor) -> None:
    days(1)
    weeks(1)
    day = f"{FIRST}"
    assert figures(browser, "active")[day] == [740]
    assert figures(browser, "active", period="week")[day] == [740]
    assert figures(browser, "active", platform=LINUX)[day] == [500]
    assert figures(browser, "active", platform=WINDOWS)[day] == [200]
    assert figures(browser, "active", version="1.0.0")[day] == [None]
    assert figures(browser, "platforms") == {LINUX: [500], WINDOWS: [200], "Other platforms": [40]}


def test_what_is_withheld_is_said(browser: Visitor) -> None:
    weeks(1)
    said = page(browser)
    assert "fewer than 20, or none" in said
    assert figures(browser, "features")["Used hand tracking"] == [None]


def test_a_funnel_counts_those_who_came_as_far_or_farther(browser: Visitor) -> None:
    weeks(1)
    assert list(figures(browser, "funnel-sharing").values()) == [[360], [160], [60]]


def test_two_versions_are_compared_by_their_share(browser: Visitor) -> None:
    weeks(1)
    found = figures(browser, "comparison", version="1.2.3", other="1.1.0")
    assert found["Started"] == [93, 80]
    assert figures(browser, "comparison", version="1.2.3") == {}


def test_a_version_is_followed_from_the_week_of_its_release(browser: Visitor) -> None:
    weeks(3)
    published = datetime(2026, 8, 12, tzinfo=UTC)
    Release.objects.create(
        product="engine", version="1.1.0", platform=LINUX, name="a.zip", size=1, sha256="0" * 64, published_at=published
    )
    assert figures(browser, "adoption", version="1.1.0") == {"0": [13], "1": [12]}
    assert figures(browser, "adoption", version="9.9.9") == {}


def test_weeks_of_first_use_are_followed(browser: Visitor) -> None:
    weeks(3)
    found = figures(browser, "retention")
    assert found[f"{FIRST}"] == [100, 50, 30]
    assert found[f"{FIRST + timedelta(weeks=2)}"] == [100, None, None]
    assert figures(browser, "movement")[f"{FIRST}"] == [400, None, None]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"since": "soon"}, "Give a day such as 2026-11-01."),
        ({"since": "2026-09-02", "until": "2026-09-01"}, "Give a last day that is not before the first."),
        ({"since": "2001-01-01"}, "Give at most three years."),
        ({"product": "teapot"}, "Choose one of those listed."),
        ({"period": "hour"}, "Choose one of those listed."),
        ({"platform": "dos"}, "Choose one of those listed."),
        ({"feature": "wink"}, "Choose one of those listed."),
    ],
)
def test_a_wrong_filter_is_told_in_a_sentence(browser: Visitor, given: dict[str, str], sentence: str) -> None:
    days(1)
    for address in (HERE, f"{HERE}active/csv/"):
        answer = browser.get(address, asked(**given))
        assert answer.status_code == 422
        assert sentence in unescape(answer.content.decode())


def test_a_table_or_a_form_that_there_is_not_is_not_found(browser: Visitor) -> None:
    for address in ("people/csv/", "active/pdf/", "funnel-nothing/json/"):
        assert browser.get(HERE + address).status_code == 404


def test_hostile_names_are_text_everywhere(browser: Visitor) -> None:
    weeks(2, version=HOSTILE)
    answer = browser.get(HERE, asked())
    assert b"<script src=//evil" not in answer.content
    drawn = browser.get(f"{HERE}versions/svg/", asked()).content
    parsed = ElementTree.fromstring(drawn)  # noqa: S314 - it is our own, and the test is that it is well-formed
    assert not [each for each in parsed.iter() if each.tag.endswith("script")]
    assert HOSTILE[:23] in "".join(parsed.itertext())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
def test_no_cell_of_a_file_is_a_formula(browser: Visitor, start: str) -> None:
    version = f"{start}HYPERLINK(1)"
    publish("active", FIRST, ([[version, "@linux"]], 40), period="week")
    rows = list(csv.reader(io.StringIO(browser.get(f"{HERE}versions/csv/", asked()).content.decode(), newline="")))
    assert rows == [["Week of", f"'{version}"], [f"{FIRST}", "40"]]


def test_a_file_and_the_page_have_the_same_figures(browser: Visitor) -> None:
    days(3)
    read = browser.get(f"{HERE}active/csv/", asked()).content.decode().splitlines()
    assert read == ["Day,Active builds", f"{FIRST},740", f"{FIRST + timedelta(days=1)},760",
                    f"{FIRST + timedelta(days=2)},780"]  # fmt: skip
    assert ">780<" in page(browser)


def test_of_a_long_table_the_page_has_the_end_and_the_file_all(browser: Visitor) -> None:
    days(130)
    until = f"{FIRST + timedelta(days=200)}"
    assert "The 30 rows before these are in the files below." in page(browser, until=until)
    assert len(figures(browser, "active", until=until)) == 130


def test_a_page_over_three_years_asks_as_often_as_over_a_day(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    days(1000)
    weeks(140)
    for until in (FIRST, FIRST + timedelta(days=1000)):
        form = ChosenForm({"product": "engine", "since": f"{FIRST}", "until": f"{until}", "version": "1.2.3"})
        assert form.is_valid()
        with django_assert_num_queries(6):
            assert len(sources.tables(form.chosen())) == len(sources.views())
