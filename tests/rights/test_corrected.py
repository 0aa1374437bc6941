"""The checks of proposals and of invoices that stay as issued, and each promise broken on purpose."""

from collections.abc import Callable, Iterator

import pytest

from upheld import vault
from upheld.home import Home
from upheld.orders import papers, restating
from upheld.orders.models import Document, Series
from upheld.policy.checks import Finding
from upheld.rights import promises
from upheld.rights.checks import corrected, rehearsed
from upheld.rights.corrections import proposing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Of the rehearsal, only what this is about."""
    steps = {"proposed": corrected._propose, "restated": corrected._restate}
    monkeypatch.setattr(rehearsed, "_steps", lambda: iter(steps.items()))
    rehearsed.forget()
    yield
    rehearsed.forget()


def looks(check: Callable[[], Finding]) -> Finding:
    rehearsed.forget()
    return check()


def test_they_hold_and_no_number_is_used_up() -> None:
    for check in (promises.proposed, promises.restated):
        assert check().upheld, check()
    assert not Series.objects.exists()
    assert not Document.objects.exists()


def test_a_yes_that_is_not_heeded_and_an_invoice_that_says_something_else_break_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proposing, "correct", lambda *_, **__: [])
    monkeypatch.setattr(restating, "as_issued", lambda document: None)
    finding = looks(promises.proposed)
    assert finding.upheld is False
    assert finding.details == ("the person said yes, and it is not corrected",)
    finding = promises.restated()
    assert finding.upheld is False
    assert "the invoice does not say any more what it said when it was issued" in finding.details


def test_a_proposal_that_stays_or_shows_and_a_correction_that_is_not_issued_break_them(
    monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    collect, shown = vault.collect, papers.papers

    def chatty(row: vault.Personal, values: dict[str, str], **asked: object) -> vault.Personal:
        if row.label() == "proposal":
            (home.folder / "debug.log").write_text(str(values), "utf-8")
        return collect(row, values, **asked)

    monkeypatch.setattr(vault, "collect", chatty)
    monkeypatch.setattr(proposing, "_remove", lambda *_, **__: None)
    monkeypatch.setattr(papers, "papers", lambda order: [each for each in shown(order) if each.kind != "correction"])
    finding = looks(promises.proposed)
    assert finding.upheld is False
    assert "what is proposed is in clear in debug.log" in finding.details
    assert "what was proposed is still kept" in finding.details
    finding = promises.restated()
    assert finding.upheld is False
    assert "no correction stands beside it that says what was wrong and what is right" in finding.details
