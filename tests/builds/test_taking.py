"""What is taken from a build, and that nothing else is kept."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from threading import Thread
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection, connections

from tests.builds import reporting
from tests.builds.reporting import body, day, number, published, report, today
from upheld.builds import numbers, taking, together, waiting
from upheld.builds.errors import Overloaded, ReportRefused, TooManyReports, UnknownNumber
from upheld.builds.limits import Crowd, Daily
from upheld.builds.models import Build, Report
from upheld.builds.taking import take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _published(db: None) -> Iterator[None]:
    with reporting.unlimited():
        published()
        yield


def kept() -> dict[tuple[date, str, str], dict[str, int]]:
    """All that waits, by day."""
    return {
        (month.replace(day=where[0]), *where[1:]): counted
        for row in Report.objects.order_by("id")
        for month, cells in waiting.unpack(bytes(row.months)).items()
        for where, counted in cells.items()
    }


def refused(sent: object) -> ReportRefused:
    with pytest.raises(ReportRefused) as error:
        take(sent if isinstance(sent, bytes) else json.dumps(sent).encode())
    assert not Report.objects.exists()
    assert not Build.objects.exists()
    return error.value


def test_a_report_is_kept_as_counts_by_day() -> None:
    build = number()
    assert take(body(build, day(1), day(40, {"start": 1}))) == 2
    assert kept() == {
        (today() - timedelta(days=1), "1.2.3", "linux-x64"): {"start": 3, "display.webvr": 1},
        (today() - timedelta(days=40), "1.2.3", "linux-x64"): {"start": 1},
    }
    row = Report.objects.get()
    assert (row.build, row.product) == (numbers.build_id(numbers.read(build)), "engine")


def test_a_number_is_kept_nowhere() -> None:
    build = number()
    take(body(build))
    [row] = Report.objects.values_list()
    assert numbers.read(build)[:16].encode() not in repr(row).encode()


def test_of_one_day_said_twice_the_larger_holds() -> None:
    take(body(number(), day(1, {"start": 5}), day(1, {"start": 2, "share": 1})))
    assert list(kept().values()) == [{"start": 5, "share": 1}]


def test_nothing_counted_is_nothing_kept() -> None:
    assert take(body(number(), day(1, {}), day(2, {"start": 0, "display": {}}))) == 2
    assert not Report.objects.exists()


@pytest.mark.parametrize("back", [-1, 0, 60])
def test_days_of_the_last_weeks_are_taken(back: int) -> None:
    assert take(body(number(), day(back))) == 1


@pytest.mark.parametrize("back", [-2, -365, 61, 400])
def test_other_days_are_refused(back: int) -> None:
    assert refused(report(number(), day(0), day(back))).field == "days[1].day"


CRASH = {"argv": ["/home/jo/app"], "hostname": "jos-laptop", "home": "/home/jo", "interfaces": {"eth0": "192.0.2.7"}}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (lambda b: CRASH, "argv"),
        (lambda b: report(b, **CRASH), "argv"),
        (lambda b: report(b, day(1, None, host="jos-laptop")), "days[0].host"),
        (lambda b: report(b, **{"jo@example.org": 1}), "?"),
        (lambda b: report("jo@example.org"), "number"),
        (lambda b: report(b, v=2), "v"),
        (lambda b: report(b, v=True), "v"),
        (lambda b: report(b, product="enginee"), "product"),
        (lambda b: report(b, days=[]), "days"),
        (lambda b: report(b, *[day()] * 63), "days"),
        (lambda b: {"v": 1, "number": b, "product": "engine"}, "days"),
        (lambda b: report(b, day(1, None, day="0001-01-01")), "days[0].day"),
        (lambda b: report(b, day(1, None, day="9999-12-31")), "days[0].day"),
        (lambda b: report(b, day(1, None, day="2026-11-23T08:15:00Z")), "days[0].day"),
        (lambda b: report(b, day(1, None, day=1763856000)), "days[0].day"),
        (lambda b: report(b, day(1, None, version="9.9.9")), "days[0].version"),
        (lambda b: report(b, day(1, None, version="1.2.3\0")), "days[0].version"),
        (lambda b: report(b, day(1, None, version="x" * 65)), "days[0].version"),
        (lambda b: report(b, day(1, None, platform="linux-x46")), "days[0].platform"),
        (lambda b: report(b, day(1, [])), "days[0].counts"),
        (lambda b: report(b, day(1, {"start": -1})), "days[0].counts.start"),
        (lambda b: report(b, day(1, {"start": 10**9 + 1})), "days[0].counts.start"),
        (lambda b: report(b, day(1, {"start": 10**30})), "days[0].counts.start"),
        (lambda b: report(b, day(1, {"start": 1.5})), "days[0].counts.start"),
        (lambda b: report(b, day(1, {"start": True})), "days[0].counts.start"),
        (lambda b: report(b, day(1, {"start": "3"})), "days[0].counts.start"),
        (lambda b: report(b, day(1, {"start": {"jo": 1}})), "days[0].counts.start"),
        (lambda b: report(b, day(1, {"display": 1})), "days[0].counts.display"),
        (lambda b: report(b, day(1, {"display": {"vr": 1}})), "days[0].counts.display.vr"),
        (lambda b: report(b, day(1, {"display": {"/home/jo": 1}})), "days[0].counts.display.?"),
        (lambda b: report(b, day(1, {"display": {"webvr": [1]}})), "days[0].counts.display.webvr"),
        (lambda b: report(b, day(1, {"display.webvr": 1})), "days[0].counts.?"),
        (lambda b: report(b, day(1, {"jo@example.org": 1})), "days[0].counts.?"),
        (lambda b: report(b, day(1, {"open": {f"v{n}": 1 for n in range(1000)}})), "days[0].counts.open.v0"),
        (lambda b: [report(b)], ""),
        (lambda b: b"[" * 100_000, ""),
        (lambda b: json.dumps(report(b, day(1, {"start": 0}))).encode().replace(b": 0}", b": " + b'{"a":' * 5000), ""),
        (lambda b: report(b, **{"a` - at `$.jo": 1}), "?"),
        (lambda b: json.dumps(report(b, day(1, {"start": 0}))).encode().replace(b"start", b"\xff"), ""),
        (lambda b: body(b) + b" and more", ""),
        (lambda b: b"", ""),
    ],
)
def test_what_is_no_report_is_refused_by_field(said: Any, field: str) -> None:
    error = refused(said(number()))
    assert error.field == field
    for value in ("jo@example.org", "jos-laptop", "/home/jo", "192.0.2.7", "9.9.9"):
        assert value not in f"{error} {error.reason} {error.field} {error.nearest}"


@pytest.mark.parametrize(
    ("said", "nearest"),
    [
        (report("", product="enginee"), "engine"),
        (report("", day(1, {"display": {"vr": 1}})), "webvr"),
        (report("", day(1, {"strat": 1})), "start"),
        (report("", day(1, {"analytics_client_identifier": 1})), ""),
    ],
)
def test_a_refusal_names_what_was_probably_meant(said: dict[str, Any], nearest: str) -> None:
    assert refused(said | {"number": number()}).nearest == nearest


def test_numbers_that_report_nothing_are_refused_alike() -> None:
    stopped = number()
    Build.objects.create(pk=numbers.build_id(numbers.read(stopped)), product="engine", stopped=True)
    forged = numbers.read(number())[:16] + "00000000"
    forged = numbers.shown(forged + numbers._check(forged))
    for each in (stopped, forged, number("browser")):
        with pytest.raises(UnknownNumber, match=r"^There is no build of this number that reports\.$"):
            take(body(each))
    assert not Report.objects.exists()


def test_whether_a_number_is_known_is_said_last() -> None:
    assert refused(report(number("browser"), day(1, {"nothing": 1}))).field == "days[0].counts.nothing"


def test_a_build_that_has_many_reports_waiting_waits_too() -> None:
    build = number()
    for _ in range(48):
        take(body(build))
    with pytest.raises(TooManyReports) as error:
        take(body(build))
    assert error.value.retry_after == 60
    assert Report.objects.count() == 48
    take(body(number()))


def test_a_build_reports_so_often_a_day() -> None:
    build = number()
    with patch.object(taking, "_daily", Daily(2)):
        for _ in range(2):
            take(body(build))
        with pytest.raises(TooManyReports) as error:
            take(body(build))
        assert 0 < error.value.retry_after <= 24 * 3600 + 1
        taking._daily.count(numbers.build_id(numbers.read(build)), today() + timedelta(days=1))


def test_when_too_many_reports_wait_none_is_taken() -> None:
    with patch.object(taking, "_crowd", Crowd(2)):
        for _ in range(3):
            take(body(number()))
        taking._crowd._looked -= 2
        with pytest.raises(Overloaded) as error:
            take(body(number()))
        assert 60 <= error.value.retry_after < 300
        Report.objects.all().delete()
        taking._crowd._looked -= 2
        take(body(number()))


def test_a_withdrawn_release_goes_on_reporting() -> None:
    release = published("2.0.0")
    release.withdrawn_at = release.published_at
    release.save()
    take(body(number(), day(1, None, version="2.0.0")))


@pytest.mark.django_db(transaction=True)
def test_reports_that_come_at_once_are_all_written() -> None:
    errors: list[Exception] = []

    def send() -> None:
        try:
            for _ in range(5):
                take(body(number()))
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=send) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not errors
    assert Report.objects.count() == 30
    assert len(set(Report.objects.values_list("build", flat=True))) == 30


def test_what_cannot_be_written_was_not_taken() -> None:
    with patch.object(together, "insert", side_effect=OperationalError), pytest.raises(OperationalError):
        take(body(number()))
    assert not connection.needs_rollback
    take(body(number()))
    assert Report.objects.count() == 1
