"""The check of the desk's pages sees a value in clear, a case that is closed, and one that is somebody else's."""

from collections.abc import Callable

import pytest

from upheld.cases import kinds, taking
from upheld.cases.models import Case, Turn
from upheld.desk import promises
from upheld.desk.views import case as views
from upheld.policy import decisions
from upheld.policy.actors import Actor
from upheld.policy.checks import Finding
from upheld.rights.checks import rehearsed
from upheld.staff.models import DeskSession, Member
from upheld.vault import showing

pytestmark = pytest.mark.django_db(transaction=True)


def looks(check: Callable[[], Finding]) -> Finding:
    rehearsed.forget()
    return check()


def test_it_holds_and_leaves_nothing() -> None:
    finding = looks(promises.masked_until_opened)
    assert finding.upheld, finding
    for model in (Member, DeskSession, Case, Turn):
        assert not model.objects.exists()


def test_a_value_in_clear_in_the_page_source_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "mask", lambda datum, value: value)
    finding = looks(promises.masked_until_opened)
    assert finding.upheld is False
    assert "a page held a value in clear before it was opened" in finding.details


def test_a_closed_case_that_can_still_be_read_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "is_open", lambda case: True)
    finding = looks(promises.masked_until_opened)
    assert finding.upheld is False
    assert finding.details == ("a case that is closed was opened",)


def test_a_case_that_is_somebody_elses_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def anybodys(member: Member, case: Case) -> Actor:
        return Actor.staff(member.pk, job="support", case=taking._named(case))

    monkeypatch.setattr(decisions, "_guards", [])
    monkeypatch.setattr(taking, "acts_as", anybodys)
    monkeypatch.setattr(views, "case_of", lambda request, kind, about: Case.objects.get(about=about))
    finding = looks(promises.masked_until_opened)
    assert finding.upheld is False
    assert "somebody else's case was opened" in finding.details
