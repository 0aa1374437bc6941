"""The checks of what a person may do about the builds that they were given, on the made-up person of the rehearsal."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from upheld.builds import allowing, counting, issuing, numbers, possession, taking
from upheld.builds.errors import UnknownNumber
from upheld.builds.models import Build, Counted, Release, Report
from upheld.policy import Promise, force
from upheld.policy.actors import Actor
from upheld.policy.checks import Finding, check
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import Nobody
from upheld.rights.seen.seeing import see

NOTHING = Finding(True, "nothing is published that reports, so nobody is given a build")
FIRST, THEN = 3, 5


@dataclass(frozen=True, slots=True)
class Built:
    """The numbers of two builds that the made-up person was given: their own, and one that they handed on."""

    own: str
    handed_on: str


_built: list[Built] = []


@check(
    Promise.SEE,
    how="A made-up person is given a build, which reports twice: once counted, once waiting. Their page must show its "
    "number, and whoever holds the number must see exactly what it reported.",
)
def seen() -> Finding:
    return rehearsed.shown("built")


@check(
    Promise.CHOICES,
    how="A build that a made-up person handed on is stopped by its number, without an account. No later report of it "
    "may be taken.",
)
def stopped() -> Finding:
    return rehearsed.shown("halted")


@check(
    Promise.DELETE,
    how="After a made-up person is erased, nothing that their own build reported may be left, no later report of "
    "it be taken. What was reported by the build that they handed on is somebody else's, and must be there.",
)
def gone() -> Finding:
    return rehearsed.shown("unbuilt")


def _build(nobody: Nobody) -> Finding:
    _built.clear()
    given_out = Release.objects.filter(withdrawn_at=None, product__in=force.in_force().products)
    release = next(filter(allowing.has_file, given_out.iterator()), None)
    if release is None or not force.in_force().usage.events:
        return NOTHING
    own, handed_on = (
        issuing.issue(release, to=nobody.subject, by=nobody.by, handed_on=each).number for each in (False, True)
    )
    _built.append(Built(own, handed_on))
    for number in (own, handed_on):
        _report(number, release, FIRST)
    while counting.count_due():
        pass
    _report(own, release, THEN)
    held = [item.value for item in see(nobody.subject, by=nobody.by).items]
    unseen = [number for number in (own, handed_on) if number not in held]
    wrong = [f"the numbers of {len(unseen)} builds are not shown"] if unseen else []
    days = possession.see(numbers.read(own)).days
    if [each.as_json() for each in days] != [_day(release, THEN)]:
        wrong.append("what a build reported is not shown as it was reported")
    return Finding(not wrong, "two builds given out, one of which reported twice, and all of it shown", tuple(wrong))


def _halt(nobody: Nobody) -> Finding:
    if not _built:
        return NOTHING
    number = _built[0].handed_on
    possession.stop(numbers.read(number), by=Actor.visitor())
    wrong = ("a build that was stopped can still report",) if _takes(number) else ()
    return Finding(not wrong, "a build stopped by its number, and its next report refused", wrong)


def _after(nobody: Nobody) -> Finding:
    """Their numbers are nobody's now: the rows about them, which hold nothing more, go with the check."""
    if not _built:
        return NOTHING
    [given] = _built
    own, other = (numbers.build_id(numbers.read(each)) for each in (given.own, given.handed_on))
    try:
        left = sum(model.objects.filter(build=own).count() for model in (Counted, Report))
        wrong = [f"{left} rows of what their build reported are left"] if left else []
        wrong += ["their build can still report"] if _takes(given.own) else []
        if not Counted.objects.filter(build=other).exists():
            wrong.append("what somebody else's build reported is gone with them")
        return Finding(not wrong, "what their own build reported is gone, and only that", tuple(wrong))
    finally:
        for model in (Counted, Report):
            model.objects.filter(build__in=[own, other]).delete()
        Build.objects.filter(pk__in=[own, other]).delete()
        _built.clear()


def _report(number: str, release: Release, count: int) -> None:
    said = {"v": 1, "number": number, "product": release.product, "days": [_day(release, count)]}
    taking.take(json.dumps(said).encode())


def _takes(number: str) -> bool:
    product = numbers.product_of(numbers.read(number), force.in_force().products)
    release = Release.objects.filter(withdrawn_at=None, product=product).first()
    if release is None:
        return False
    try:
        _report(number, release, THEN + 1)
    except UnknownNumber:
        return False
    return True


def _day(release: Release, count: int) -> dict[str, Any]:
    """Today, as a report and a page say it: the first event of the policy, under its first value."""
    name, event = next(iter(force.in_force().usage.events.items()))
    counted = {name: {event.values[0]: count} if event.values else count}
    today = datetime.now(UTC).date().isoformat()
    return {"day": today, "version": release.version, "platform": release.platform, "counts": counted}


rehearsed.also("built", _build)
rehearsed.also("halted", _halt)
rehearsed.afterwards("unbuilt", _after)
