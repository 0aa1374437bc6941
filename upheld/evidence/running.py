"""Run the checks that the rooms register in their `promises` modules, and keep what they saw."""

import time
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from upheld import ledger
from upheld.evidence.models import CheckRun
from upheld.evidence.verdicts import Mark, Verdict, together
from upheld.policy import Promise, checks
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.checks import Check, Finding
from upheld.policy.decisions import require

Progress = Callable[[int, int], None]
SOONEST = timedelta(minutes=15)
SHARE = 20_000  # a check that takes a second is run by the worker every five and a half hours
STALE = timedelta(days=2)  # an older verdict says nothing about now


def found() -> Mapping[Promise, tuple[Check, ...]]:
    """Every check of every room that is installed."""
    autodiscover_modules("promises")
    return checks.registered()


def run(promises: Collection[Promise] | None = None, *, by: Actor, progress: Progress | None = None) -> list[Verdict]:
    """Look now, at these promises or at all, in the order of `Promise`. Must not run inside a transaction: the checks
    erase the people whom they made up. Raises Refused; never because of what a check does."""
    require(Act.CHECKS_RUN, by=by)
    wanted = [promise for promise in Promise if not promises or promise in promises]
    registered, verdicts = found(), []
    for done, promise in enumerate(wanted):
        if progress:
            progress(done, len(wanted))
        verdicts.append(_verdict(promise, registered.get(promise, ())))
    if progress:
        progress(len(wanted), len(wanted))
    _keep(verdicts, by=by)
    return verdicts


def run_due() -> list[Verdict]:
    """For the worker: the checks that have not been run for long, the quick ones more often than the slow ones. Each is
    kept as soon as it is seen: a first round takes long, and the page shows what is known."""
    last = {run.promise: run for run in CheckRun.objects.newest()}
    due = [promise for promise in found() if promise not in last or _is_due(last[promise])]
    return [verdict for promise in due for verdict in run([promise], by=Actor.system("evidence"))]


def verdicts() -> dict[Promise, Verdict]:
    """The latest of each promise. One that was not checked lately is unknown; one without a check is not enforced."""
    last, registered = {run.promise: run for run in CheckRun.objects.newest()}, found()
    return {promise: _latest(promise, last.get(promise), promise in registered) for promise in Promise}


def _verdict(promise: Promise, registered: Collection[Check]) -> Verdict:
    start = time.perf_counter()
    mark, figure, details = together([_look(check) for check in registered])
    return Verdict(promise, mark, figure, timezone.now(), time.perf_counter() - start, details)


def _look(check: Check) -> Finding:
    """A check that fails to look has seen nothing: unknown, with the kind of failure, never its text, which may quote
    a value."""
    try:
        return check.look()
    except Exception as error:
        return Finding(None, f"the check {check.name} could not look: {type(error).__name__}")


def _keep(verdicts: Collection[Verdict], *, by: Actor) -> None:
    last = {run.promise: run for run in CheckRun.objects.newest()}
    with transaction.atomic():
        for verdict in verdicts:
            _keep_one(verdict, last.get(verdict.name))
        counts = {mark.value: sum(v.verdict is mark for v in verdicts) for mark in Mark}
        ledger.append(Act.CHECKS_RUN, by=by, facts=counts)


def _keep_one(verdict: Verdict, last: CheckRun | None) -> None:
    at = verdict.checked_at
    assert at is not None  # it has just been looked at
    said = (verdict.verdict.value, verdict.figure, list(verdict.details))
    if last is not None and (last.verdict, last.figure, last.details) == said:
        last.at, last.seconds, last.runs = at, verdict.seconds, last.runs + 1
        last.save(update_fields=["at", "seconds", "runs"])
        return
    CheckRun.objects.create(
        promise=verdict.name.value,
        verdict=verdict.verdict.value,
        figure=verdict.figure,
        details=list(verdict.details),
        first_at=at,
        at=at,
        seconds=verdict.seconds,
    )


def _is_due(last: CheckRun) -> bool:
    return timezone.now() - last.at >= max(SOONEST, timedelta(seconds=last.seconds * SHARE))


def _latest(promise: Promise, last: CheckRun | None, has_check: bool) -> Verdict:
    if not has_check:
        return Verdict(promise, *together([])[:2], None, 0.0)
    if last is None:
        return Verdict(promise, Mark.UNKNOWN, "Not looked at yet.", None, 0.0)
    mark = Mark(last.verdict)
    if timezone.now() - last.at > STALE:
        mark = Mark.UNKNOWN
    return Verdict(promise, mark, last.figure, last.at, last.seconds, tuple(last.details))
