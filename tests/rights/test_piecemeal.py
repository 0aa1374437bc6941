"""What is shown of one thing deleted alone, and of an erasure that waits; each broken on purpose is seen."""

from collections.abc import Iterator

import pytest

from upheld import vault
from upheld.conversations.models import Message
from upheld.policy.actors import Actor
from upheld.policy.checks import Finding
from upheld.rights.checks import piecemeal, rehearsed
from upheld.rights.erasure import beginning, keeping, waiting
from upheld.rights.models import MadeUp

pytestmark = pytest.mark.django_db(transaction=True)
SHOWN = {name: step for name, step in rehearsed._more.items() if name in ("alone", "waits")}


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The rest of the rehearsal has tests of its own."""
    monkeypatch.setattr(rehearsed, "_steps", lambda: iter(SHOWN.items()))
    rehearsed.forget()
    yield
    rehearsed.forget()


def shown() -> tuple[Finding, Finding]:
    return piecemeal.alone(), piecemeal.waits()


def test_they_hold_and_leave_nobody() -> None:
    assert [finding.upheld for finding in shown()] == [True, True], shown()
    assert not MadeUp.objects.filter(gone_at=None).exists()


def test_one_thing_that_stays_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    remove = vault.remove

    def leave_messages(row: vault.Personal, *, by: Actor, because: str = "") -> None:
        if not isinstance(row, Message):
            remove(row, by=by, because=because)

    monkeypatch.setattr(vault, "remove", leave_messages)
    finding = piecemeal.alone()
    assert finding.upheld is False
    assert "something of it was found when it was looked for" in finding.details


def test_an_erasure_that_does_not_wait_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "has_open_orders", lambda subject: False)
    finding = piecemeal.waits()
    assert finding.upheld is False
    assert "it was begun before an order had arrived" in finding.details


def test_one_that_cannot_be_taken_back_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "keep", lambda subject, by: keeping.TooLate())
    finding = piecemeal.waits()
    assert finding.upheld is False
    assert "it was taken back, and is still to be carried out" in finding.details
    assert beginning.under_way(MadeUp.objects.latest("made_at").id) == []
