"""The check of what the site lets people choose upholds what holds, and sees each choice that does nothing."""

from collections.abc import Iterator

import pytest

from upheld.contact import verbs as contact
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.checks import Finding
from upheld.rights import restricting
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import somebody_made_up
from upheld.rights.models import Request
from upheld.rights.requests import starting
from upheld.vault.restricting import may_be
from upheld.web import choosing
from upheld.web.rights_form import STARTED
from upheld.web.views import rights_start

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    rehearsed.forget()
    yield
    rehearsed.forget()


def broken() -> tuple[str, ...]:
    """What the exercise says of a made-up person; without the rest of their life."""
    with somebody_made_up() as nobody:
        finding = choosing._exercise(nobody)
        assert finding.upheld is False, finding
    return finding.details


def test_every_choice_does_what_it_says() -> None:
    finding = choosing.exercised()
    assert finding.upheld, finding
    assert (
        finding.figure == f"{len(STARTED)} rights asked for, {len(may_be(force.in_force()))} uses stopped and allowed"
    )
    assert not Request.objects.exists()


def test_a_right_that_is_not_listed_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights_start, "STARTED", {})
    monkeypatch.setattr(rehearsed, "shown", lambda name: Finding(True, "shown"))
    finding = choosing.exercised()
    assert finding.upheld is False
    assert finding.details[0] == "not on the page /rights/: See what is held"


def test_a_right_that_is_not_begun_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "_ask", lambda *_: None)
    assert "access: no request" in broken()


def test_what_is_done_before_their_word_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    began = starting.start

    def hasty(email: str, *given: object, by: Actor, **more: object) -> None:
        began(email, *given, by=by, **more)  # type: ignore[arg-type]  # passed on
        subject = Request.objects.latest("id").subject
        for topic in force.in_force().topics:
            contact.record_choice(subject, topic=topic, allowed=False, by=by, source="account")

    with somebody_made_up() as nobody:
        for topic in force.in_force().topics:
            contact.record_choice(nobody.subject, topic=topic, allowed=True, by=nobody.by, source="account")
        monkeypatch.setattr(starting, "start", hasty)
        assert "opt_out: done before the address said yes" in choosing._exercise(nobody).details


def test_a_use_that_is_not_stopped_or_not_allowed_again_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with somebody_made_up() as nobody:
        monkeypatch.setattr("upheld.vault.restricting.refuse_restricted", lambda *_: None)
        assert list(choosing._stopped(nobody, "billing")) == ["Billing: stopped, and data open for it"]
        monkeypatch.undo()
        monkeypatch.setattr(restricting, "lift", lambda *_, **__: frozenset())
        assert list(choosing._stopped(nobody, "billing")) == ["Billing: allowed again, and data do not open for it"]
