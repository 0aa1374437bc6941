"""Each check of builds upholds what holds, and sees it broken when it is."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.utils import timezone

from tests.policy.shop import shop
from upheld.builds import counts, numbers, promises, schema, taking, waiting, weeks
from upheld.builds.checks import places
from upheld.builds.errors import ReportRefused, UnknownNumber
from upheld.builds.models import Build, Counted, Release, Report
from upheld.policy import force
from upheld.policy.checks import registered
from upheld.policy.promises import Promise

pytestmark = pytest.mark.django_db
MONTH = date(2026, 11, 1)
WHERE = (23, "1.2.3", "linux-x64")
GOOD: counts.Cells = {WHERE: {"start": 3, "display.webvr": 1}}


@pytest.fixture
def release() -> Release:
    return Release.objects.create(
        product="engine", version="1.2.3", platform="linux-x64", name="engine.tar.gz", size=1, sha256="0" * 64,
        published_at=timezone.now(),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _released_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "_released", set())


def rest(cells: bytes | counts.Cells = GOOD, *, product: str = "engine", build: int = 7) -> Counted:
    packed = cells if isinstance(cells, bytes) else counts.pack(cells)
    row = counts.row_id(build, MONTH)
    return Counted.objects.create(id=row, build=build, month=MONTH, product=product, cells=packed)


def test_what_was_declared_and_published_upholds_it(release: Release) -> None:
    rest()
    Report.objects.create(build=8, product="engine", months=waiting.pack({MONTH: GOOD}))
    Build.objects.create(id=7, product="engine", weeks=weeks.pack([105_000]))
    finding = promises.counted()
    assert finding.upheld, finding
    assert finding.figure == "2 rows with the counts of 2 days, 0 of them wrong"


WRONG: dict[str, tuple[counts.Cells | bytes, str]] = {
    "an event": ({WHERE: {"stare": 1}}, "counts of something that no policy declares"),
    "an address": ({WHERE: {"display.ann@shop.example": 1}}, "counts of something that no policy declares"),
    "an event without its value": ({WHERE: {"display": 1}}, "counts of something that no policy declares"),
    "a host as version": ({(23, "ann-laptop", "linux-x64"): {"start": 1}}, "that was not published"),
    "a platform": ({(23, "1.2.3", "beos"): {"start": 1}}, "that was not published"),
    "a day": ({(31, "1.2.3", "linux-x64"): {"start": 1}}, "a day that is not of their month"),
    "no count": ({WHERE: {"start": 0}}, "no numbers above zero"),
    "bytes": (b"\xff\xffann@shop.example", "cannot be read"),
}


@pytest.mark.parametrize(("cells", "said"), WRONG.values(), ids=WRONG)
def test_anything_else_in_a_row_breaks_it(release: Release, cells: counts.Cells | bytes, said: str) -> None:
    rest(cells)
    finding = promises.counted()
    assert finding.upheld is False
    assert len(finding.details) == 1
    assert said in finding.details[0]
    assert finding.details[0].endswith("1 of them")
    assert "ann" not in str(finding).replace("cannot", "")  # what is found is not said on


def test_anything_else_in_a_report_that_waits_breaks_it(release: Release) -> None:
    Report.objects.create(build=8, product="engine", months=waiting.pack({MONTH: {WHERE: {"stare": 1}}}))
    Report.objects.create(build=8, product="engine", months=b"ann@shop.example")
    assert set(promises.counted().details) == {
        "counts of something that no policy declares: 1 of them",
        "cannot be read: 1 of them",
    }


def test_a_row_under_another_id_breaks_it(release: Release) -> None:
    rest()
    Counted.objects.update(build=9)
    assert promises.counted().details == ("cannot be read: 1 of them",)


def test_weeks_that_are_none_break_it() -> None:
    Build.objects.create(id=7, product="engine", weeks=b"ann@shop.example")
    assert promises.counted().details == ("weeks that are no list of weeks: 1 of them",)


def test_wrong_reports_are_refused(release: Release) -> None:
    finding = promises.refused()
    assert finding.upheld, finding
    assert finding.figure == "9 wrong reports sent, each refused for its fault"
    assert not Report.objects.exists()


def test_without_a_release_no_report_is_taken_at_all() -> None:
    finding = promises.refused()
    assert finding.upheld
    assert finding.figure == "no release that reports, and no report is taken"


def test_a_taker_of_everything_breaks_it(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    def take(body: bytes, *, today: date | None = None) -> int:
        signs = numbers.read(json.loads(body)["number"])
        Report.objects.create(build=numbers.build_id(signs), product="engine", months=b"")
        return 1

    monkeypatch.setattr(taking, "take", take)
    finding = promises.refused()
    assert finding.upheld is False
    assert "an address as a value is taken" in finding.details
    assert "the name of a host is taken" in finding.details
    assert "a report under a number that was made up is taken" in finding.details
    assert "something of a report that was refused is kept" in finding.details
    assert not Report.objects.exists()  # the check takes it away again
    assert promises.products().upheld is False


def test_a_taker_that_believes_any_number_breaks_it(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "is_ours", lambda signs, product: True)
    assert promises.refused().details[0] == "a report under a number that was made up is taken"


def test_a_taker_that_knows_more_than_the_policy_breaks_it(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = schema.vocabulary
    monkeypatch.setattr(schema, "vocabulary", lambda policy: declared(policy) | {"check_of_this": None})
    assert "an event that is not declared is taken" in promises.refused().details


def test_a_taker_that_refuses_everything_for_the_same_reason_breaks_it(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "take", _refuse)
    details = promises.refused().details
    assert "a negative count is refused, and not for that" in details
    assert "a report under a number that was made up is taken" in details


def _refuse(body: bytes) -> int:
    raise ReportRefused("No.", "number")


def test_a_refusal_that_says_back_what_was_sent_breaks_it(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[[bytes], int] = taking.take

    def take(body: bytes) -> int:
        try:
            return real(body)
        except ReportRefused as refusal:
            raise ReportRefused(f"{refusal} {body.decode()}", refusal.field) from None

    monkeypatch.setattr(taking, "take", take)
    assert "the refusal of an address as a value says it back" in promises.refused().details


def test_one_more_column_breaks_it() -> None:
    assert promises.columns().upheld
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE builds_report ADD COLUMN address varchar(45)")
    assert promises.columns().details == ("report.address could hold anything",)


def test_one_more_table_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "COMPANY_OR_PERSON", places.COMPANY_OR_PERSON[1:])
    assert promises.columns().details == ("builds_release is not looked at",)


@pytest.mark.parametrize(
    "asked",
    [
        'request.META["REMOTE_ADDR"]', 'request.META.get("HTTP_X_FORWARDED_FOR")', 'request.META["HTTP_X_REAL_IP"]',
        'request.META["HTTP_FORWARDED"]', 'request.headers["X-Real-IP"]', 'request.headers.get("Forwarded")',
        'request.scope["client"]', "scope.get('client')", 'request.headers["user-agent"]',
    ],
)  # fmt: skip
def test_code_that_asks_where_a_report_came_from_breaks_it(
    asked: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert promises.origins().upheld
    root = tmp_path_factory.mktemp("source")
    (root / "api").mkdir()
    (root / "api" / "views.py").write_text(f"seen = {asked}\n")
    monkeypatch.setattr(places, "ROOT", root)
    assert promises.origins().details == ("upheld/api/views.py could learn where a report came from",)


def test_products_of_the_policy_are_in_its_scope(release: Release) -> None:
    rest()
    finding = promises.products()
    assert finding.upheld, finding
    assert (
        finding.figure
        == "2 rows about releases and builds, each of a product of the policy; 3 products report, and no other"
    )


def test_a_row_about_another_product_breaks_the_scope(release: Release) -> None:
    rest(product="toaster")
    Release.objects.update(product="toaster")
    assert promises.products().details == (
        "1 rows of builds_release are about a product that no policy names",
        "1 rows of builds_counted are about a product that no policy names",
    )


def test_what_an_older_version_declared_may_rest_until_its_time_is_over(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest()
    assert promises.counted().upheld
    monkeypatch.setattr(force.published(), "versions", lambda: [shop()])
    assert promises.counted().details == ("counts of something that no policy declares: 1 of them",)


def test_they_are_registered() -> None:
    names = {each.name for promise in (Promise.BUILD_NUMBER, Promise.SCOPE) for each in registered().get(promise, ())}
    for look in (promises.counted, promises.refused, promises.columns, promises.origins, promises.products):
        assert f"{look.__module__}.{look.__qualname__}" in names


def test_a_report_that_is_right_is_taken(release: Release) -> None:
    """Or the refusals of the check would tell nothing."""
    day = {
        "day": datetime.now(UTC).date().isoformat(),
        "version": "1.2.3",
        "platform": "linux-x64",
        "counts": {"start": 1},
    }
    said = {"v": 1, "number": numbers.new("engine"), "product": "engine", "days": [day]}
    taking.take(json.dumps(said).encode())
    with pytest.raises(UnknownNumber):
        taking.take(json.dumps(said | {"number": numbers.new("browser")}).encode())
