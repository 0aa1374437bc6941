"""Reports as they must not come, sent by the code that takes every report: each must be refused, for its own fault."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from upheld.builds import numbers, taking
from upheld.builds.errors import BuildsError, Overloaded, ReportRefused, UnknownNumber
from upheld.builds.models import Build, Counted, Release, Report
from upheld.policy import Policy, Refused, force
from upheld.policy.checks import Finding

ADDRESS = "nobody@check.invalid"  # reaches nobody (RFC 2606)
NOBODYS = "a product that no policy names"
Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a report that is right but for it, and the field that the refusal must name."""

    what: str
    field: str
    spoil: Callable[[Said], object]


def refused() -> Finding:
    """Whatever is not declared, and whatever comes under a number that nobody was given."""
    policy = force.in_force()
    release = Release.objects.filter(product__in=policy.products).first()
    if release is None or not policy.usage.events:
        return _nothing_taken(policy)
    number, forged = numbers.new(release.product), numbers.new(NOBODYS)
    answer = _answer(_right(policy, release, forged))
    if isinstance(answer, Overloaded):
        return Finding(None, "too many reports wait just now to try others")
    faults = list(_faults(policy))
    found = [_told(_spoilt(_right(policy, release, number), fault), fault) for fault in faults]
    # Everything else about it is right, or its number would not be what it is refused for.
    found.append("" if isinstance(answer, UnknownNumber) else "a report under a number that was made up is taken")
    found.append(_kept([number, forged]))
    wrong = tuple(each for each in found if each)
    return Finding(not wrong, f"{len(faults) + 1} wrong reports sent, each refused for its fault", wrong)


def unnamed() -> Finding:
    """A report about a product that the policy does not name."""
    policy = force.in_force()
    answer = _answer(_report(numbers.new(NOBODYS), NOBODYS, "1.0.0", "linux-x64", {}))
    field = answer.field if isinstance(answer, ReportRefused) else ""
    good = field == "product" or isinstance(answer, Refused)
    wrong = () if good else ("a report about a product that the policy does not name is not refused for it",)
    return Finding(good, f"{len(policy.products)} products report, and no other", wrong)


def _nothing_taken(policy: Policy) -> Finding:
    """While nothing is published, or may be counted, no report is taken at all."""
    product = policy.products[0]
    answer = _answer(_report(numbers.new(product), product, "0.0.0", "linux-x64", {"start": 1}))
    taken = answer is None
    wrong = ("a report is taken of a version that was never published",) if taken else ()
    return Finding(not taken, "no release that reports, and no report is taken", wrong)


def _faults(policy: Policy) -> Iterator[Fault]:
    name, event = next(iter(policy.usage.events.items()))
    valued = next((each for each, declared in policy.usage.events.items() if declared.values), "")
    day = "days[0]"
    yield Fault("the name of a host", "host", lambda said: said.update(host="a.check.invalid"))
    yield Fault("arguments beside the counts", f"{day}.arguments", lambda said: _day(said).update(arguments=[ADDRESS]))
    yield Fault(
        "an event that is not declared", f"{day}.counts.check_of_this", lambda said: _count(said, "check_of_this", 1)
    )
    yield Fault("a text in place of a count", f"{day}.counts.{name}", lambda said: _count(said, name, ADDRESS))
    yield Fault("a negative count", f"{day}.counts.", lambda said: _count(said, name, _filled(event.values, -1)))
    yield Fault("a day of the year after next", f"{day}.day", lambda said: _day(said).update(day=_far().isoformat()))
    yield Fault("a version never published", f"{day}.version", lambda said: _day(said).update(version="0.0.0-check"))
    if valued:
        yield Fault("an address as a value", f"{day}.counts.{valued}.", lambda said: _count(said, valued, {ADDRESS: 1}))


def _told(said: Said, fault: Fault) -> str:
    """What is wrong about the answer, if anything."""
    answer = _answer(said)
    if answer is None:
        return f"{fault.what} is taken"
    if not isinstance(answer, ReportRefused) or not _is_about(answer.field, fault.field):
        return f"{fault.what} is refused, and not for that"
    return f"the refusal of {fault.what} says it back" if ADDRESS in f"{answer} {answer.field}" else ""


def _is_about(named: str, field: str) -> bool:
    """Whether a refusal names the field; of a list it may leave open which of its elements."""
    return named.replace("[...]", "[0]").startswith(field)


def _answer(said: Said) -> BuildsError | Refused | None:
    """None when it was taken."""
    try:
        taking.take(json.dumps(said).encode())
    except (BuildsError, Refused) as refusal:
        return refusal
    return None


def _right(policy: Policy, release: Release, number: str) -> Said:
    name, event = next(iter(policy.usage.events.items()))
    return _report(number, release.product, release.version, release.platform, {name: _filled(event.values, 1)})


def _report(number: str, product: str, version: str, platform: str, counted: Said) -> Said:
    day = {"day": _today().isoformat(), "version": version, "platform": platform, "counts": counted}
    return {"v": 1, "number": number, "product": product, "days": [day]}


def _filled(values: tuple[str, ...], count: int) -> object:
    return {values[0]: count} if values else count


def _spoilt(said: Said, fault: Fault) -> Said:
    fault.spoil(said)
    return said


def _day(said: Said) -> Said:
    day: Said = said["days"][0]
    return day


def _count(said: Said, event: str, count: object) -> None:
    _day(said)["counts"][event] = count


def _today() -> date:
    return datetime.now(UTC).date()


def _far() -> date:
    return _today() + timedelta(days=730)


def _kept(given: list[str]) -> str:
    """What is wrong when anything rests under these numbers, which nobody has; it is taken away again."""
    ids = [numbers.build_id(numbers.read(number)) for number in given]
    found = [
        Report.objects.filter(build__in=ids),
        Counted.objects.filter(build__in=ids),
        Build.objects.filter(id__in=ids),
    ]
    left = sum(rows.delete()[0] for rows in found)
    return "something of a report that was refused is kept" if left else ""
