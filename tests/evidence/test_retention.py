"""The oldest of each class against its limit; and the promise is seen broken when retention does not run."""

from datetime import date, timedelta

import pytest

from tests.embedding.shop.models import Customer
from tests.vault.conftest import Known, known, shop_policy  # noqa: F401 - a fixture: the shop's policy holds here
from tests.vault.test_expiring import years_on
from upheld import vault
from upheld.evidence import retention
from upheld.evidence.retention import Standing
from upheld.policy.actors import Actor, Case
from upheld.vault import expiring, holding

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> Known:
    return known()


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    return Clock(monkeypatch)


class Clock:
    """Which day it is, for the check and for holds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, day: date) -> None:
        for module in (retention, holding):
            self._monkeypatch.setattr(module, "today", lambda: day)


def books() -> Standing:
    [found] = retention.standings()
    return found


def test_the_oldest_is_told_with_its_limit(ada: Known, on: Clock) -> None:
    today = holding.today()
    for _ in range(3):
        known(email=f"{vault.new_subject()}@example.org")
    found = books()
    assert (found.name, found.period, found.oldest, found.ends) == ("books", "7 years", today, years_on(7))
    assert found.days_left == (years_on(7) - today).days
    assert (found.due, found.held, found.late) == (0, 0, 0)
    finding = retention.retained()
    assert finding.upheld
    assert finding.figure == "0 items past their time, classes of retention looked at: 1"
    assert [retention.read(line) for line in finding.details] == [found]
    assert retention.read("columns of books are unaccounted for") is None


def test_there_may_be_nothing_of_a_class(db: None) -> None:
    found = books()
    assert (found.oldest, found.ends, found.days_left) == (None, None, None)
    assert retention.read(str(found)) == found


def test_a_corrected_value_is_younger_and_an_older_row_is_found_behind_it(ada: Known, on: Clock) -> None:
    """Rows are in the order of their making; what they hold need not be."""
    first = holding.today()
    later = known(email="later@example.org").row
    Customer.objects.filter(pk=ada.row.pk).update(sealed=b"")
    assert books().oldest == first
    later.delete()
    assert books().oldest is None


def test_a_daily_round_that_does_not_run_breaks_it(ada: Known, on: Clock) -> None:
    on(years_on(7) + timedelta(days=1))
    assert (books().due, books().late) == (1, 0)
    assert retention.retained().upheld, "the next round takes it"
    on(years_on(7) + retention.LATE + timedelta(days=1))
    broken = retention.retained()
    assert broken.upheld is False
    assert broken.figure.startswith("1 items past their time")
    assert "late 1" in broken.details[0]
    vault.expire_due(today=years_on(7) + timedelta(days=3))
    mended = retention.retained()
    assert mended.upheld
    assert "; the last ended on 20" in mended.figure


def test_a_row_that_nobody_can_read_is_reported(ada: Known) -> None:
    known(email="eve@example.org")
    Customer.objects.filter(pk=ada.row.pk).update(sealed=b"\x01damaged")
    finding = retention.retained()
    assert finding.upheld is False
    assert finding.figure.startswith("1 rows that nobody can read, 0 items past their time")
    assert books().oldest == holding.today(), "the others are looked at all the same"


def test_what_is_due_and_held_is_no_fault_and_is_shown(ada: Known, on: Clock) -> None:
    on(years_on(7))
    subject = ada.row.subject
    officer = Actor.staff(vault.new_subject(), job="support", case=Case("conversation", subject, subject))
    hold = holding.place(subject, reason="claim", until=years_on(7) + timedelta(days=30), by=officer)
    on(years_on(7) + timedelta(days=9))
    assert vault.expire_due(today=years_on(7) + timedelta(days=9)) == 0
    assert (books().due, books().held, books().late) == (0, 1, 0)
    assert retention.retained().upheld
    holding.release(hold, by=officer)
    assert retention.retained().upheld is False
    assert list(expiring.due(today=years_on(7) + timedelta(days=9)))
