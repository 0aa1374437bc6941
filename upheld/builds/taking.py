"""Taking a report: what it says is checked against the policy, word by word, and kept until it is counted.

Whatever is refused is neither kept nor logged. A number that nobody was given, one that was made up and one that is
stopped are refused alike, after the same work, and only when everything else about the report is right.
"""

import re
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Any

from django.db import connection

from upheld.builds import numbers, schema, waiting
from upheld.builds.errors import NotANumber, ReportRefused, TooManyReports, UnknownNumber
from upheld.builds.limits import MOST_WAITING_OF_ONE, SOON, Crowd, Daily
from upheld.builds.models import PLATFORMS, Build, Release, Report
from upheld.builds.schema import MOST_COUNT, MOST_COUNTS, Day, Said, Vocabulary, named
from upheld.builds.together import Together
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

DAYS_BACK = 60  # a build that was offline for longer has lost its oldest days
DAYS_AHEAD = 1  # somewhere it is tomorrow already, and some clocks are wrong
USAGE = "usage"
_VERSION = re.compile(schema.VERSION)
_MOST_RELEASES = 100_000
_UNNAMED: dict[str, str] = {}

_daily, _crowd, _together = Daily(), Crowd(), Together()
_released: set[tuple[str, str, str]] = set()
"""Product, version and platform of what was published, as far as it was asked for: it stays published for good."""


def take(body: bytes, *, today: date | None = None) -> int:
    """Keep a report until it is counted; `body` is its JSON. Returns of how many days it tells.

    Raises ReportRefused, UnknownNumber, TooManyReports, Overloaded; and Refused when the policy takes no reports.
    """
    _crowd.check()
    require(Act.REPORT_TAKE, by=Actor.visitor(), purpose=USAGE)
    today = today or datetime.now(UTC).date()
    said = schema.read(body)
    policy = force.in_force()
    if said.product not in policy.products:
        raise _misnamed("There is no such product.", "product", said.product, policy.products)
    signs = _signs(said.number)
    months = _months(said, schema.vocabulary(policy), today)
    build = _admitted(signs, said.product, today)
    if months:
        _together.write((build, said.product, waiting.pack(months)))
    return len(said.days)


def _signs(number: str) -> str:
    try:
        return numbers.read(number)
    except NotANumber:
        raise ReportRefused("A build number has 25 signs in five groups, and one here was misread.", "number") from None


def _months(said: Said, words: Vocabulary, today: date) -> waiting.Months:
    earliest, latest = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    months: waiting.Months = {}
    for index, day in enumerate(said.days):
        if not earliest <= day.day <= latest:
            raise ReportRefused(
                f"A report is about days of the last {DAYS_BACK}, and none after tomorrow (UTC).", f"days[{index}].day"
            )
        _check_release(said.product, day, index)
        counted = _counted(day.counts, words, f"days[{index}].counts")
        if counted:
            waiting.add(months, day.day, day.version, day.platform, counted)
    return months


def _check_release(product: str, day: Day, index: int) -> None:
    release = (product, day.version, day.platform)
    if release in _released:
        return
    if day.platform not in PLATFORMS:
        raise _misnamed("There is no such platform.", f"days[{index}].platform", day.platform, PLATFORMS)
    found = _VERSION.fullmatch(day.version) and Release.objects.filter(
        product=product, version=day.version, platform=day.platform
    )
    if not found or not found.exists():
        raise ReportRefused("No release of this version was published for this platform.", f"days[{index}].version")
    if len(_released) >= _MOST_RELEASES:
        _released.clear()
    _released.add(release)


def _counted(said: dict[str, Any], words: Vocabulary, place: str) -> dict[str, int]:
    """The counts above zero, under the names that they are kept by. Most of a report's time is spent here."""
    counted: dict[str, int] = {}
    for event, told in said.items():
        values = words.get(event, _UNNAMED)
        if values is None:
            if not _is_count(told):
                raise _no_count(f"{place}.{event}")
            counted[event] = told
        elif values is _UNNAMED:
            raise _misnamed("The policy names no such event.", f"{place}.{named(event)}", event, words)
        elif type(told) is not dict:
            raise ReportRefused("This event is counted by value: here stands an object.", f"{place}.{event}")
        else:
            for value, count in told.items():
                kept = values.get(value)
                if kept is None:
                    field = f"{place}.{event}.{named(value)}"
                    raise _misnamed("The policy names no such value of this event.", field, value, values)
                if not _is_count(count):
                    raise _no_count(f"{place}.{event}.{value}")
                counted[kept] = count
    if len(counted) > MOST_COUNTS:
        raise ReportRefused(f"A day has at most {MOST_COUNTS} counts.", place)
    return {what: count for what, count in counted.items() if count}


def _is_count(told: object) -> bool:
    return type(told) is int and 0 <= told <= MOST_COUNT  # True is an int to Python, and no count


def _no_count(field: str) -> ReportRefused:
    return ReportRefused(f"A count is a whole number from 0 to {MOST_COUNT}.", field)


def _misnamed(reason: str, field: str, name: str, known: Any) -> ReportRefused:
    nearest = get_close_matches(name[: schema.LONGEST], list(known), n=1, cutoff=0.5)
    return ReportRefused(reason, field, nearest[0] if nearest else "")


def _admitted(signs: str, product: str, today: date) -> int:
    """The build's id. The same is computed and looked up whatever the number is, and the answer comes after."""
    ours, build = numbers.is_ours(signs, product), numbers.build_id(signs)
    stopped, waits = _standing(build)
    if stopped or not ours:
        raise UnknownNumber
    if waits >= MOST_WAITING_OF_ONE:
        raise TooManyReports(SOON)
    _daily.count(build, today)
    return build


def _standing(build: int) -> tuple[bool, int]:
    """Whether the build is stopped, and how many of its reports wait: one question to the database."""
    with connection.cursor() as cursor:
        cursor.execute(_question(), [build, build])
        stopped, waits = cursor.fetchone()
    return bool(stopped), int(waits)


@cache
def _question() -> str:
    quote = connection.ops.quote_name
    builds, reports = quote(Build._meta.db_table), quote(Report._meta.db_table)
    # The names are the models' own; the values are bound.
    return (
        f"SELECT EXISTS (SELECT 1 FROM {builds} WHERE id = %s AND stopped), "  # noqa: S608 - as said above
        f"(SELECT COUNT(*) FROM {reports} WHERE build = %s)"
    )
