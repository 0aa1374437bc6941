"""The demonstration's year of reports: the same each time, by the real beacon, and carried on where it stopped."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.policy.shop import EXOKIT, shop
from upheld.builds import counting, numbers
from upheld.builds.models import Build, Counted, Figure, Release, Report
from upheld.cli import demo_people, demo_releases, demo_usage
from upheld.cli.demo_releases import YEAR, Version
from upheld.home import Home
from upheld.policy import force, load

LAST = datetime.now(UTC).date() - timedelta(days=1)
POLICY = load(EXOKIT)
VERSIONS = demo_releases.versions(POLICY.products)
USERS = demo_people.users(300, VERSIONS, YEAR + 1)
ON_DATABASE = pytest.mark.django_db(transaction=True)


@pytest.fixture
def published() -> Mapping[str, list[Version]]:
    """A year of releases, by the verb that publishes them."""
    demo_releases.publish_all(LAST)
    return VERSIONS


def test_the_same_users_come_each_time() -> None:
    assert demo_people.users(300, VERSIONS, YEAR + 1) == USERS
    assert {user.product for user in USERS} == set(POLICY.products)
    days = [user.came for user in USERS]
    assert 0 <= min(days) <= max(days) <= YEAR
    assert sum(day > YEAR // 2 for day in days) > len(days) / 2  # more and more come


def test_a_year_has_versions_for_every_platform() -> None:
    assert sum(len(found) for found in VERSIONS.values()) == 60
    names = [(version.product, version.name) for found in VERSIONS.values() for version in found]
    assert len(set(names)) == 60
    assert all(found[0].day == 0 and found[-1].day <= YEAR for found in VERSIONS.values())
    assert demo_releases.versions(("shop",)) == {}


def test_nobody_uses_a_version_before_it_came_out() -> None:
    for user in USERS[:60]:
        used = [user.version(VERSIONS[user.product], day) for day in range(user.came, YEAR + 1)]
        assert all(version.day <= day for version, day in zip(used, range(user.came, YEAR + 1), strict=True))
        assert [version.day for version in used] == sorted(version.day for version in used)  # and nobody goes back


def test_people_come_less_often_with_time() -> None:
    def there(age: int) -> int:
        early = [user for user in USERS if user.came <= YEAR - 120]
        return sum(user.is_there(user.came + day, weekend=False) for user in early for day in range(age, age + 14))

    assert there(1) > there(30) > there(100) > 0
    assert not any(user.is_there(user.came - 1, weekend=False) for user in USERS)


def test_only_what_the_policy_declares_is_counted() -> None:
    for user in USERS[:60]:
        version = user.version(VERSIONS[user.product], user.came)
        counted = list(user.counts(POLICY.usage, user.came, version))
        assert ("start", "") in [(event, value) for event, value, _ in counted]
        assert all(POLICY.usage.allows(event, value) and times > 0 for event, value, times in counted)
        assert counted == list(user.counts(POLICY.usage, user.came, version))


def progress(home: Home, *, day: int, builds: int = 300) -> demo_usage.Progress:
    given = [numbers.new(user.product) for user in USERS[:builds]]
    made = demo_usage.Progress(demo_usage.file(home), LAST, day, given)
    made.save()
    return made


@ON_DATABASE
def test_releases_are_published_once_on_days_of_the_year(published: Mapping[str, list[Version]]) -> None:
    assert Release.objects.count() == 216
    days = {(row.product, row.version): row.published_at.date() for row in Release.objects.all()}
    for version in (each for found in published.values() for each in found):
        assert days[version.product, version.name] == LAST - timedelta(days=YEAR - version.day)
    assert demo_releases.publish_all(LAST) == 0


@ON_DATABASE
def test_builds_report_by_the_beacon_and_the_figures_are_made(
    home: Home, published: Mapping[str, list[Version]]
) -> None:
    progress(home, day=YEAR - 20)
    assert demo_usage.is_under_way(home)
    said: list[object] = []
    taken = demo_usage.tell(home, said.append)
    assert taken > 100
    assert str(said[-1]).startswith(f"The demonstration's builds have reported: {taken} reports in ")
    assert not Report.objects.exists()
    assert 0 < Build.objects.count() <= 300
    assert {row.product for row in Counted.objects.all()} == set(POLICY.products)
    assert Figure.objects.filter(product="engine", period="day").exists()
    assert not demo_usage.is_under_way(home)
    assert "-" not in demo_usage.file(home).read_text("utf-8").replace(LAST.isoformat(), "")  # no number is left
    assert demo_usage.tell(home, said.append) == 0


@ON_DATABASE
def test_a_day_that_is_told_twice_says_the_same(
    home: Home, published: Mapping[str, list[Version]], tmp_path: Path
) -> None:
    made = progress(home, day=YEAR, builds=300)

    def tell_day() -> list[tuple[int, bytes]]:
        def report(user: demo_people.User, number: str, version: Version) -> bool:
            return demo_usage._report(
                user, number, version, usage=force.in_force().usage, day=YEAR, today=LAST, state=tmp_path / "state.json"
            )

        assert demo_usage._each(USERS, made, published, report, weekend=False) > 0
        counting.count_due()
        return [(row.pk, bytes(row.cells)) for row in Counted.objects.order_by("pk")]

    assert tell_day() == tell_day()


@ON_DATABASE
def test_no_figures_are_published_while_the_year_is_told(
    home: Home, published: Mapping[str, list[Version]], monkeypatch: pytest.MonkeyPatch
) -> None:
    progress(home, day=YEAR)
    assert demo_usage.publish_due() == 0
    assert not Figure.objects.exists()


@ON_DATABASE
def test_a_build_that_its_user_stopped_sends_no_more(
    home: Home, published: Mapping[str, list[Version]], tmp_path: Path
) -> None:
    user, number = USERS[0], numbers.new(USERS[0].product)
    Build.objects.create(id=numbers.build_id(numbers.read(number)), product=user.product, stopped=True)
    version = user.version(published[user.product], YEAR)
    state = tmp_path / "state.json"
    usage = force.in_force().usage
    assert not demo_usage._report(user, number, version, usage=usage, day=YEAR, today=LAST, state=state)
    assert not Report.objects.exists()


@ON_DATABASE
def test_preparing_can_be_repeated(home: Home) -> None:
    first = demo_usage.prepare(home, builds=12)
    assert first.startswith("12 builds report while the site is served")
    found = demo_usage.file(home).read_text("utf-8")
    assert demo_usage.prepare(home, builds=12) == first
    assert demo_usage.file(home).read_text("utf-8") == found
    assert demo_usage.file(home).stat().st_mode & 0o077 == 0


@ON_DATABASE
def test_a_policy_that_lets_builds_count_nothing_has_no_such_year(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(force, "in_force", shop)
    assert "count nothing" in demo_usage.prepare(home)
    assert not demo_usage.file(home).exists()


def test_the_year_ends_on_its_last_day(home: Home) -> None:
    made = demo_usage.Progress(demo_usage.file(home), date(2026, 11, 22), 0, [])
    assert made.date_of(YEAR) == date(2026, 11, 22)
    assert made.date_of(0) == date(2025, 11, 23)
