"""The checks of builds on the made-up person uphold what holds, and see it broken when it is."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from upheld.builds import possession, taking
from upheld.builds.issuing import US
from upheld.builds.models import Build, Counted, Issued, Release, Report
from upheld.builds.possession import Reported
from upheld.policy.actors import Actor
from upheld.rights import promises
from upheld.rights.checks import rehearsed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(taking, "_released", set())
    rehearsed.forget()
    yield
    rehearsed.forget()


@pytest.fixture(autouse=True)
def release() -> Release:
    return Release.objects.create(
        product="engine", version="1.2.3", platform="linux-x64", name="engine.tar.gz", size=1, sha256="0" * 64,
        address="https://files.example/engine.tar.gz", published_at=timezone.now(),
    )  # fmt: skip


def test_they_hold_and_leave_nothing() -> None:
    for check in (promises.builds_seen, promises.builds_stopped, promises.builds_gone):
        finding = check()
        assert finding.upheld, (check.__name__, finding)
        assert "nothing is published" not in finding.figure
    assert not any(model._default_manager.exists() for model in (Build, Counted, Issued, Report))


def test_before_the_first_release_nobody_is_given_a_build(release: Release) -> None:
    release.delete()
    for check in (promises.builds_seen, promises.builds_stopped, promises.builds_gone):
        assert "nothing is published" in check().figure


def test_a_report_that_is_shown_in_part_breaks_see(monkeypatch: pytest.MonkeyPatch) -> None:
    real = possession.see

    def see(signs: str) -> Reported:
        found = real(signs)
        return Reported(found.number, found.product, found.days[1:], found.stopped, found.erased_through)

    monkeypatch.setattr(possession, "see", see)
    assert promises.builds_seen().details == ("what a build reported is not shown as it was reported",)


def test_a_stop_that_stops_nothing_breaks_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(possession, "stop", lambda signs, *, by: None)
    assert promises.builds_stopped().details == ("a build that was stopped can still report",)


def test_an_erasure_that_forgets_builds_breaks_delete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(possession, "_end", _nothing)
    finding = promises.builds_gone()
    assert finding.upheld is False
    assert "2 rows of what their build reported are left" in finding.details
    assert "their build can still report" in finding.details
    assert not Counted.objects.exists()  # the check takes it away


def test_an_erasure_that_takes_what_is_somebody_elses_breaks_delete(monkeypatch: pytest.MonkeyPatch) -> None:
    real = possession.forget_all

    def forget_all(subject: UUID, *, by: Actor = US) -> int:
        Counted.objects.all().delete()
        return real(subject, by=by)

    monkeypatch.setattr(possession, "forget_all", forget_all)
    assert promises.builds_gone().details == ("what somebody else's build reported is gone with them",)


def test_reports_that_are_taken_and_not_kept_break_see(monkeypatch: pytest.MonkeyPatch) -> None:
    def take(body: bytes, *, today: date | None = None) -> int:
        return 1

    monkeypatch.setattr(taking, "take", take)
    assert promises.builds_seen().upheld is False


def _nothing(*found: Any) -> int:
    return 0
