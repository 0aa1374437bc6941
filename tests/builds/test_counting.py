"""Reports become counts by build and month, whatever order they come in and however often."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

import pytest

from tests.builds import reporting
from tests.builds.reporting import body, day, number, published, today
from upheld import ledger
from upheld.builds import counting, counts, numbers, weeks
from upheld.builds.counting import count_batch, count_due, expire_due
from upheld.builds.models import Build, Counted, Report
from upheld.builds.taking import DAYS_BACK, take
from upheld.policy import force
from upheld.policy.acts import Act
from upheld.policy.declarations import Usage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _published(db: None) -> Iterator[None]:
    with reporting.unlimited():
        published()
        yield


def id_of(build: str) -> int:
    return numbers.build_id(numbers.read(build))


def counted(build: str) -> dict[date, dict[str, int]]:
    """By day, of the one version and platform that there is."""
    return {
        row.month.replace(day=where[0]): cells
        for row in Counted.objects.filter(build=id_of(build))
        for where, cells in counts.unpack(bytes(row.cells)).items()
    }


def test_reports_are_counted_and_gone() -> None:
    build, other = number(), number()
    take(body(build, day(1, {"start": 3}), day(45, {"share": 1})))
    take(body(other, day(1, {"start": 1})))
    assert count_due() == 2
    assert not Report.objects.exists()
    assert counted(build) == {today() - timedelta(days=1): {"start": 3}, today() - timedelta(days=45): {"share": 1}}
    assert counted(other) == {today() - timedelta(days=1): {"start": 1}}
    active = weeks.unpack(bytes(Build.objects.get(pk=id_of(build)).weeks))
    assert active == {weeks.week_of(today() - timedelta(days=back)) for back in (1, 45)}
    assert count_due() == 0


def test_replayed_and_reordered_reports_change_nothing() -> None:
    said = [day(1, {"start": 1}), day(1, {"start": 2, "share": 1}), day(1, {"start": 5, "share": 1})]
    for order in itertools.permutations(said):
        build = number()
        for each in (*order, *order):
            take(body(build, each))
            count_batch()
        assert counted(build) == {today() - timedelta(days=1): {"start": 5, "share": 1}}


def test_a_batch_has_one_entry_that_names_nobody() -> None:
    builds = [number() for _ in range(3)]
    for build in (*builds, builds[0]):
        take(body(build))
    count_due()
    [entry] = ledger.Entry.objects.filter(act=Act.REPORTS_COUNT.value)
    assert b'"facts":{"builds":3,"reports":4}' in bytes(entry.body)
    assert entry.subject is None


def test_a_large_backlog_is_counted_batch_by_batch() -> None:
    for _ in range(7):
        take(body(number()))
    assert [count_batch(3) for _ in range(4)] == [3, 3, 1, 0]
    assert Build.objects.count() == Counted.objects.count() == 7


def test_what_is_written_is_in_no_order_of_arrival() -> None:
    for _ in range(20):
        take(body(number()))
    came = list(Report.objects.order_by("id").values_list("build", flat=True))
    with patch.object(counting.Counted.objects, "bulk_create", wraps=Counted.objects.bulk_create) as written:
        count_due()
    ids = [row.pk for row in written.call_args.args[0]]
    assert ids == sorted(ids)
    assert [row.build for row in written.call_args.args[0]] != came


def test_a_stopped_build_is_not_counted() -> None:
    build = number()
    take(body(build))
    Build.objects.create(pk=id_of(build), product="engine", stopped=True)
    assert count_due() == 1
    assert not Counted.objects.exists()
    assert not Report.objects.exists()


def test_what_was_deleted_does_not_come_back() -> None:
    build = number()
    take(body(build, day(3), day(2), day(1, {"start": 9})))
    Build.objects.create(pk=id_of(build), product="engine", erased_through=today() - timedelta(days=2))
    count_due()
    assert counted(build) == {today() - timedelta(days=1): {"start": 9}}
    kept = weeks.unpack(bytes(Build.objects.get().weeks))
    assert kept == {weeks.week_of(today() - timedelta(days=1))}


def test_a_crash_counts_nothing_twice_and_loses_nothing() -> None:
    build = number()
    take(body(build, day(1, {"start": 4})))
    with patch.object(ledger, "append", side_effect=ZeroDivisionError), pytest.raises(ZeroDivisionError):
        count_due()
    assert Report.objects.count() == 1
    assert not Counted.objects.exists()
    count_due()
    assert counted(build) == {today() - timedelta(days=1): {"start": 4}}


def test_counts_go_when_the_whole_month_is_over() -> None:
    build = number()
    take(body(build))
    count_due()
    [month] = Counted.objects.values_list("month", flat=True)
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    due = counting_ends(last)
    assert expire_due(due - timedelta(days=1)) <= 1  # a week may be over before
    assert Counted.objects.count() == 1
    expire_due(due)
    assert not Counted.objects.exists()
    expire_due(due + timedelta(days=7))
    assert not Build.objects.exists()
    assert ledger.Entry.objects.filter(act=Act.COUNTS_EXPIRE.value).exists()


def counting_ends(last: date) -> date:
    """Thirteen months later, as policies/exokit.md keeps them."""
    from upheld.policy.declarations import months_later

    return months_later(last, 13)


def test_weeks_are_trimmed_and_counts_that_are_younger_stay() -> None:
    build = number()
    take(body(build))
    count_due()
    row = Build.objects.get()
    old = weeks.week_of(today() - timedelta(days=430))
    row.weeks = weeks.pack(weeks.unpack(bytes(row.weeks)) | {old})
    row.save()
    assert expire_due() == 1
    assert weeks.unpack(bytes(Build.objects.get().weeks)) == {weeks.week_of(today() - timedelta(days=1))}
    assert Counted.objects.count() == 1
    assert expire_due() == 0


def test_a_build_without_weeks_stays_while_it_has_counts() -> None:
    build = number()
    take(body(build))
    count_due()
    Build.objects.update(weeks=b"")
    assert expire_due() == 0
    assert Build.objects.count() == 1


def test_that_a_build_is_stopped_or_was_deleted_is_remembered() -> None:
    last = today() - timedelta(days=DAYS_BACK)
    Build.objects.create(pk=1, product="engine", stopped=True, erased_through=date(2020, 1, 1))
    Build.objects.create(pk=2, product="engine", erased_through=last)
    Build.objects.create(pk=3, product="engine")
    Build.objects.create(pk=4, product="engine", erased_through=last - timedelta(days=1))
    assert expire_due() == 3
    assert set(Build.objects.values_list("pk", "erased_through")) == {(1, None), (2, last)}
    assert expire_due() == 0


def test_reports_that_wait_go_when_all_their_days_are_over() -> None:
    old, new = number(), number()
    take(body(old, day(50)))
    take(body(new, day(50), day(1)))
    due = counting_ends(today() - timedelta(days=50))
    assert expire_due(due - timedelta(days=1)) == 0
    assert expire_due(due) == 1
    assert Report.objects.get().build == id_of(new)


def test_reports_that_no_policy_has_counted_any_more_are_dropped() -> None:
    take(body(number()))
    held = force.in_force()
    purposes = {name: each for name, each in held.purposes.items() if name != "usage"}
    for fewer in (replace(held, usage=Usage()), replace(held, purposes=purposes)):
        with patch.object(force, "in_force", return_value=fewer):
            assert count_due() == 0
    assert Report.objects.exists()
    with patch.object(force, "in_force", return_value=fewer):
        assert expire_due() == 1
    assert not Report.objects.exists()
