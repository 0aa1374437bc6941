"""How long a request may take, by each law."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from upheld.rights import clocks
from upheld.rights.errors import NoSuchLaw

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        ((2026, 3, 5), (2026, 4, 5)),  # the example of the EDPB's guidelines 01/2022, number 162
        ((2026, 8, 31), (2026, 9, 30)),
        ((2027, 1, 31), (2027, 2, 28)),
        ((2028, 1, 30), (2028, 2, 29)),
        ((2026, 12, 15), (2027, 1, 15)),
    ],
)
def test_a_month_of_the_gdpr(asked: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    for hour in (0, 23):
        due = clocks.due("gdpr", datetime(*asked, hour, 59, tzinfo=UTC))
        assert due == datetime(*last, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(("law", "days"), [("ccpa", 45), ("lgpd", 15), ("appi", 14)])
def test_days_of_the_others(law: str, days: int) -> None:
    assert clocks.due(law, datetime(2026, 11, 1, 12, tzinfo=UTC)).date() == date(2026, 11, 1) + timedelta(days=days)


@given(MOMENTS, st.sampled_from(sorted(clocks.LAWS)))
def test_a_period_ends_with_its_last_day(asked: datetime, law: str) -> None:
    due = clocks.due(law, asked)
    assert due.time() == clocks.LAST.replace(tzinfo=None)
    assert due > asked


@given(MOMENTS)
def test_a_month_is_of_that_length(asked: datetime) -> None:
    due = clocks.due("gdpr", asked)
    assert 28 <= (due.date() - asked.date()).days <= 31
    assert (due.year * 12 + due.month) - (asked.year * 12 + asked.month) == 1
    assert due.day <= asked.day


@given(MOMENTS, MOMENTS, st.sampled_from(sorted(clocks.LAWS)))
def test_who_asks_later_waits_as_late(one: datetime, other: datetime, law: str) -> None:
    first, second = sorted((one, other))
    assert clocks.due(law, first) <= clocks.due(law, second)


def test_two_warnings_before_the_end() -> None:
    asked = datetime(2026, 11, 1, tzinfo=UTC)
    due = asked + timedelta(days=10)
    found = [clocks.warned(asked, due, asked + timedelta(days=day)) for day in (0, 4.9, 5, 7.9, 8, 11)]
    assert found == [0, 0, 1, 1, 2, 2]


def test_an_unknown_law_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.HOME.settings, "privacy.law", "nolaw")
    with pytest.raises(NoSuchLaw, match="gdpr, ccpa, lgpd, appi"):
        clocks.law()
