"""The checks of concerns uphold what holds, and see it when a concern has no date, no owner, no word or no end."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from tests.rights.conftest import Planted
from tests.rights.requesting import officer
from tests.rights.test_requests import Letters
from tests.rights.test_requests_ended import OUTCOME, concern
from upheld import ledger
from upheld.conversations import verbs as conversations
from upheld.policy import Promise
from upheld.policy.actors import Actor, Case
from upheld.policy.acts import Act
from upheld.policy.checks import registered
from upheld.rights import verbs
from upheld.rights.checks import overseeing, rehearsed
from upheld.rights.models import Request, Right, State
from upheld.rights.requests import concerns, ending


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    rehearsed.forget()
    yield
    rehearsed.forget()


def broken(why: str) -> bool:
    finding = overseeing.concerns()
    return finding.upheld is False and any(why in each for each in finding.details)


def test_they_are_registered() -> None:
    names = {each.name for each in registered()[Promise.CONCERN]}
    assert {"upheld.rights.checks.overseeing.concerns", "upheld.rights.checks.overseeing.one_concern"} <= names


def test_they_hold(ann: Planted, letters: Letters) -> None:
    assert overseeing.concerns().upheld, "with no concern yet"
    open_one, ended = concern(ann), concern(ann)
    verbs.end(ended, state=State.FULFILLED, outcome=OUTCOME, by=officer(ended))
    verbs.withdraw(concern(ann), by=ann.by)
    finding = overseeing.concerns()
    assert finding.upheld, finding
    assert "3 concerns" in finding.figure
    assert open_one.due_at > timezone.now()


def test_a_missing_acknowledgement_breaks_it(ann: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concerns, "write", lambda *_, **__: None)
    concern(ann)
    assert broken("was not acknowledged at once")


def test_a_late_acknowledgement_breaks_it(ann: Planted, letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    concern(ann)
    assert overseeing.concerns().upheld
    monkeypatch.setattr(overseeing, "AT_ONCE", timedelta(microseconds=-1))
    assert broken("was not acknowledged at once")


def test_a_clock_that_has_passed_breaks_it(ann: Planted, letters: Letters) -> None:
    concern(ann)
    asked = timezone.now() - timedelta(days=40)
    Request.objects.update(asked_at=asked, due_at=overseeing.clocks.due("gdpr", asked))
    assert broken("was not answered by its date")


def test_an_answer_after_its_date_breaks_it(ann: Planted, letters: Letters) -> None:
    request = concern(ann)
    verbs.end(request, state=State.FULFILLED, outcome=OUTCOME, by=officer(request))
    asked = timezone.now() - timedelta(days=40)
    Request.objects.update(asked_at=asked, due_at=overseeing.clocks.due("gdpr", asked))
    assert broken("was not answered by its date")


def test_a_clock_that_was_set_back_breaks_it(ann: Planted, letters: Letters) -> None:
    request = concern(ann)
    Request.objects.update(due_at=request.due_at + timedelta(days=30))
    assert broken("has another date than its law gives")


@pytest.mark.parametrize("address", ["nobody", "two words@example.org"])
def test_an_owner_who_cannot_be_reached_breaks_it(ann: Planted, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setitem(settings.HOME.settings, "privacy.officer", address)
    assert broken("the setting privacy.officer is no address")


def test_a_policy_without_a_job_for_it_breaks_it(ann: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ending.CASES, Right.CONCERN, "a_kind_of_case_of_no_job")
    assert broken("no job of the policy works on them")


def test_an_end_without_an_outcome_breaks_it(ann: Planted, letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "_tell", lambda *_, **__: None)
    request = concern(ann)
    verbs.end(request, state=State.FULFILLED, outcome=OUTCOME, by=officer(request))
    assert broken("was ended without an outcome")


def test_an_answer_about_something_else_is_no_outcome(
    ann: Planted, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "_tell", lambda *_, **__: "")
    silent = concern(ann)
    verbs.end(silent, state=State.FULFILLED, outcome=OUTCOME, by=officer(silent))
    other = conversations.begin(ann.subject, title="", text="Hello", reason="support", by=ann.by)
    support = Actor.staff(ann.subject, job="support", case=Case("conversation", other.pk, ann.subject))
    conversations.answer(other, text="Hello.", by=support)
    assert broken(f"{silent.reference} was ended without an outcome")


def test_the_acknowledgement_of_another_is_none(
    ann: Planted, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concerns, "write", lambda *_, **__: "")
    silent = concern(ann)
    monkeypatch.undo()
    concern(ann)
    assert broken(f"{silent.reference} was not acknowledged at once")


def test_one_who_can_be_reached_is_told(ann: Planted, letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "reached", lambda _: None)
    monkeypatch.setattr(ending, "conversation_of", lambda _: None)
    request = concern(ann)
    verbs.end(request, state=State.FULFILLED, outcome=OUTCOME, by=officer(request))
    assert broken("was ended without an outcome")


def test_a_concern_that_is_not_on_record_breaks_it(ann: Planted, letters: Letters) -> None:
    concern(ann)
    ledger.Entry.objects.filter(act=Act.REQUEST_OPEN).delete()
    assert broken("has no entry in the ledger")


def test_one_that_is_made_up_goes_all_the_way(transactional_db: None, letters: Letters) -> None:
    finding = overseeing.one_concern()
    assert finding.upheld, finding
    assert not Request.objects.exists(), "and is gone with its person"


def test_a_made_up_one_without_an_answer_breaks_it(
    transactional_db: None, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "_tell", lambda *_, **__: None)
    finding = overseeing.one_concern()
    assert finding.upheld is False
    assert any("without an outcome" in each for each in finding.details)
