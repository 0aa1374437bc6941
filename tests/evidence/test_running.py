"""Checks are run, combined and remembered."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from upheld import ledger
from upheld.evidence import running, verbs
from upheld.evidence.models import CheckRun
from upheld.evidence.verdicts import Mark, Verdict, together
from upheld.policy import Promise, Refused
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.checks import Check, Finding

BY = Actor.operator()
GOOD, BAD, DARK = Finding(True, "good"), Finding(False, "bad", ("why",)), Finding(None, "dark")
LATER = Finding(None, "later", enforced=False)
Registers = Callable[..., None]


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch, db: None) -> Registers:
    """Put these findings in place of the checks that the rooms registered."""
    found: dict[Promise, tuple[Check, ...]] = {}

    def add(promise: Promise, *findings: Finding | Exception) -> None:
        found[promise] = tuple(
            Check(promise, f"check {n}", "by hand", _seeing(each)) for n, each in enumerate(findings)
        )

    monkeypatch.setattr(running, "found", lambda: found)
    return add


def _seeing(what: Finding | Exception) -> Callable[[], Finding]:
    def look() -> Finding:
        if isinstance(what, Exception):
            raise what
        return what

    return look


def run(*promises: Promise) -> dict[Promise, Verdict]:
    return {verdict.name: verdict for verdict in verbs.run(promises, by=BY)}


@pytest.mark.parametrize(
    ("findings", "mark"),
    [
        ([], Mark.NOT_ENFORCED),
        ([GOOD], Mark.UPHELD),
        ([GOOD, DARK], Mark.UNKNOWN),
        ([GOOD, DARK, BAD], Mark.BROKEN),
        ([GOOD, LATER], Mark.NOT_ENFORCED),
        ([LATER, BAD], Mark.BROKEN),
        ([LATER, DARK], Mark.NOT_ENFORCED),
    ],
)
def test_the_worst_finding_decides(findings: list[Finding], mark: Mark) -> None:
    assert together(findings)[0] is mark
    assert together(findings[::-1])[0] is mark


def test_every_promise_gets_a_verdict(register: Registers) -> None:
    register(Promise.SEE, GOOD)
    verdicts = run()
    assert list(verdicts) == list(Promise)
    assert verdicts[Promise.SEE].upheld
    assert verdicts[Promise.CONCERN].verdict == "not_enforced"


def test_a_check_that_raises_is_unknown_and_does_not_quote_it(register: Registers) -> None:
    register(Promise.SEE, ValueError("ann@example.org"))
    verdict = run(Promise.SEE)[Promise.SEE]
    assert verdict.verdict == "unknown"
    assert "ValueError" in verdict.figure
    assert "ann@example.org" not in verdict.figure


def test_only_what_was_asked_for_is_looked_at(register: Registers) -> None:
    register(Promise.SEE, GOOD)
    register(Promise.DELETE, BAD)
    assert list(run(Promise.SEE)) == [Promise.SEE]


def test_the_same_verdict_prolongs_its_row(register: Registers) -> None:
    register(Promise.SEE, GOOD)
    run(Promise.SEE)
    run(Promise.SEE)
    row = CheckRun.objects.get(promise="see")
    assert row.runs == 2
    assert row.at > row.first_at
    register(Promise.SEE, BAD)
    run(Promise.SEE)
    assert list(CheckRun.objects.filter(promise="see").order_by("id").values_list("verdict", flat=True)) == [
        "upheld",
        "broken",
    ]


def test_the_run_is_on_record(register: Registers) -> None:
    register(Promise.SEE, GOOD)
    run(Promise.SEE)
    entry = ledger.Entry.objects.get(act=Act.CHECKS_RUN)
    assert entry.facts == {"broken": 0, "not_enforced": 0, "unknown": 0, "upheld": 1}


def test_a_person_may_not_run_them(register: Registers) -> None:
    with pytest.raises(Refused):
        verbs.run(by=Actor.visitor())


def test_the_latest_verdict_is_the_one_that_is_told(register: Registers) -> None:
    register(Promise.SEE, GOOD)
    assert verbs.verdicts()[Promise.SEE].verdict == "unknown"  # not looked at yet
    run(Promise.SEE)
    assert verbs.verdicts()[Promise.SEE].upheld
    assert verbs.verdicts()[Promise.CONCERN].verdict == "not_enforced"
    assert verbs.verdicts()[Promise.CONCERN].checked_at is None


def test_a_verdict_of_long_ago_says_nothing_about_now(register: Registers) -> None:
    register(Promise.SEE, GOOD)
    run(Promise.SEE)
    CheckRun.objects.update(at=timezone.now() - running.STALE - timedelta(hours=1))
    assert verbs.verdicts()[Promise.SEE].verdict == "unknown"


def test_the_worker_runs_what_is_due_and_the_slow_ones_seldom(register: Registers) -> None:
    register(Promise.SEE, GOOD)
    register(Promise.DELETE, GOOD)
    assert len(verbs.run_due()) == 2
    assert verbs.run_due() == []
    CheckRun.objects.update(at=timezone.now() - timedelta(hours=1), seconds=0.01)
    CheckRun.objects.filter(promise="delete").update(seconds=60.0)
    assert [verdict.name for verdict in verbs.run_due()] == [Promise.SEE]


@pytest.mark.parametrize(("findings", "code"), [([GOOD, LATER], 0), ([GOOD, BAD, DARK], 1), ([GOOD, DARK], 2), ([], 0)])
def test_a_command_exits_by_what_was_found(register: Registers, findings: list[Finding], code: int) -> None:
    for promise, finding in zip(Promise, findings, strict=False):
        register(promise, finding)
    assert verbs.exit_code(verbs.run(by=BY)) == code


def test_every_check_says_how_to_repeat_it() -> None:
    found = running.found()
    assert len(found) >= 17
    assert all(check.how.endswith(".") and len(check.how) > 40 for each in found.values() for check in each)
