"""Weeks, and the months that are made of them: a week is of the month in which its Thursday is (as in ISO 8601).

So no week is in two months, and nothing can be told about a part of one.
"""

from datetime import date, timedelta

from upheld.builds.weeks import monday_of, week_of

LAG = timedelta(days=3)  # after a week's end: what is reported later is in no figure


def due(week: int, today: date) -> bool:
    return monday_of(week + 1) + LAG <= today


def month_of(week: int) -> date:
    """The first day of its month."""
    return (monday_of(week) + timedelta(days=3)).replace(day=1)


def weeks_of(month: date) -> list[int]:
    first = week_of(month)
    return [week for week in range(first, first + 6) if month_of(week) == month]


def is_last(week: int) -> bool:
    return month_of(week) != month_of(week + 1)


def calendar_months(week: int) -> list[date]:
    """Those that the week's days are in: one or two."""
    return sorted({monday_of(week).replace(day=1), (monday_of(week) + timedelta(days=6)).replace(day=1)})
