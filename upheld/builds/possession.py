"""What whoever holds a build's number may do with it, without an account: see what it reported, stop it, delete it.

The ledger's entry names the build and nobody, whoever acted: the number is all that it takes. With a person in it, it
would say for good whose build it was, which an erasure could not take back.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from upheld import ledger, vault
from upheld.builds import counts, numbers, waiting
from upheld.builds.counts import Cells
from upheld.builds.errors import NotANumber, UnknownNumber
from upheld.builds.issuing import PURPOSE, US
from upheld.builds.models import Build, Counted, Issued, Report
from upheld.builds.taking import DAYS_AHEAD
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.errors import Refused
from upheld.vault.errors import VaultError
from upheld.vault.scrubbing import scrub_after_commit

FIRST = date(2020, 1, 1)
"""No build has told of a day before: there was no program to tell it to."""


@dataclass(frozen=True, slots=True)
class ReportedDay:
    """One day of one version on one platform. `counts` are as in a report: a number, or numbers by value."""

    day: date
    version: str
    platform: str
    counts: dict[str, int | dict[str, int]]

    @property
    def lines(self) -> list[str]:
        """Each count in words: `display webvr 1`."""
        told = []
        for event, counted in self.counts.items():
            values = counted.items() if isinstance(counted, dict) else [("", counted)]
            told += [" ".join(filter(None, (event, value, str(count)))) for value, count in values]
        return told

    def as_json(self) -> dict[str, Any]:
        return {"day": self.day.isoformat(), "version": self.version, "platform": self.platform, "counts": self.counts}


@dataclass(frozen=True, slots=True)
class Reported:
    """All that is held under one number, the newest day first."""

    number: str
    product: str
    days: tuple[ReportedDay, ...]
    stopped: bool
    erased_through: date | None

    def as_json(self) -> dict[str, Any]:
        """In the words of a report (docs/spec/usage.md), so that what was sent can be laid beside it."""
        through = self.erased_through.isoformat() if self.erased_through else None
        days = [day.as_json() for day in self.days]
        return {
            "v": 1, "number": self.number, "product": self.product, "days": days, "stopped": self.stopped,
            "erased_through": through,
        }  # fmt: skip


def see(signs: str) -> Reported:
    """What a build reported, counted or not yet; `signs` as `numbers.read` returns them. Raises UnknownNumber."""
    product, id = _ours(signs)
    build = Build.objects.filter(pk=id).first()
    through = build.erased_through if build else None
    days = [
        ReportedDay(month.replace(day=where[0]), where[1], where[2], _nested(counted))
        for month, cells in _held(id).items()
        for where, counted in cells.items()
    ]
    kept = (each for each in days if through is None or each.day > through)
    newest = sorted(kept, key=lambda each: (each.day, each.version, each.platform), reverse=True)
    return Reported(numbers.shown(signs), product, tuple(newest), build.stopped if build else False, through)


@transaction.atomic
def stop(signs: str, *, by: Actor) -> None:
    """From here on no report of this build is taken, and those that wait are not counted. Safe to repeat. Raises
    UnknownNumber, Refused."""
    require(Act.BUILD_STOP, by=by)
    _stop(_locked(*_ours(signs)))


@transaction.atomic
def forget(signs: str, *, by: Actor) -> None:
    """Delete all that this build reported; what it sends again of days that are deleted is not taken. Safe to repeat.
    Raises UnknownNumber, Refused."""
    require(Act.BUILD_FORGET, by=by)
    _forget(_locked(*_ours(signs)))


@transaction.atomic
def forget_all(subject: UUID, *, by: Actor = US) -> int:
    """Stop a person's own builds and delete what they reported, before the keys of their numbers are destroyed. Those
    that they handed on are other people's, and stay. Safe to repeat; returns how many builds. Raises Refused."""
    require(Act.BUILD_FORGET, by=by)
    rows = Issued.objects.filter(subject=subject, handed_on=False).order_by("id")
    return _end(_numbers(rows))


@transaction.atomic
def forget_one(row: Issued, *, by: Actor = US) -> int:
    """The same for one build that goes alone. A build that was handed on is left as it is."""
    require(Act.BUILD_FORGET, by=by)
    return _end(_numbers([] if row.handed_on else [row]))


@transaction.atomic
def stop_again(id: int) -> bool:
    """A build that a restore has brought back as before; whether it was. The ledger says so already."""
    Build.objects.get_or_create(pk=id)
    _drop_waiting(build := Build.objects.select_for_update().get(pk=id))
    return not build.stopped and bool(Build.objects.filter(pk=id).update(stopped=True))


@transaction.atomic
def forget_again(id: int, through: date) -> bool:
    """The same for one that was deleted up to a day. Of which product it is, its next report says."""
    Build.objects.get_or_create(pk=id)
    build = Build.objects.select_for_update().get(pk=id)
    if build.erased_through is not None and build.erased_through >= through:
        return False
    Counted.objects.filter(pk__in=_row_ids(id)).delete()
    _drop_waiting(build)
    return bool(Build.objects.filter(pk=id).update(erased_through=through, weeks=b""))


def _end(found: Iterable[str]) -> int:
    """Locked in the order of ids, as counting does; so are the entries, which do not say who was given which first."""
    builds = sorted((numbers.build_id(signs), product) for signs in found if (product := _product_of(signs)))
    for id, product in builds:
        build = _locked(product, id)
        _stop(build)
        _forget(build)
    return len(builds)


def _numbers(rows: Iterable[Issued]) -> Iterator[str]:
    """Of those that can be read: a damaged row keeps nobody from erasure. Then nobody can tell any more which build it
    was. Raises Refused when no declaration lets it be found out: a build that goes on must not be forgotten."""
    for row in rows:
        with suppress(VaultError, NotANumber):
            number = _opened(row)
            if number:
                yield numbers.read(number)


def _opened(row: Issued) -> str | None:
    """For giving out builds; or, where the policy has no such purpose any more, by the right to see what is held."""
    try:
        return vault.open(row, ["number"], by=US, purpose=PURPOSE)["number"]
    except Refused:
        return vault.open(row, ["number"], by=Actor.person(row.subject), purpose="access")["number"]


def _ours(signs: str) -> tuple[str, int]:
    """The product and the build's id. Raises UnknownNumber."""
    product = _product_of(signs)
    if not product:
        raise UnknownNumber
    return product, numbers.build_id(signs)


def _product_of(signs: str) -> str:
    """Of all products that a policy ever named: what was reported is its holder's, also when no more of it is taken."""
    named = {product: None for policy in reversed(force.published().versions()) for product in policy.products}
    return numbers.product_of(signs, tuple(named))


def _locked(product: str, id: int) -> Build:
    """The build's row, made when there is none: while it is locked, nobody counts what it reported."""
    Build.objects.bulk_create([Build(pk=id, product=product)], ignore_conflicts=True)
    return Build.objects.select_for_update().get(pk=id)


def _stop(build: Build) -> None:
    if build.stopped:
        return
    Build.objects.filter(pk=build.pk).update(stopped=True)
    _drop_waiting(build)
    _record(Act.BUILD_STOP, build)


def _forget(build: Build) -> None:
    """A report may be about tomorrow, where it is tomorrow already: then that day is gone too."""
    days = [month.replace(day=where[0]) for month, cells in _held(build.pk).items() for where in cells]
    through = max([datetime.now(UTC).date(), *days, *([build.erased_through] if build.erased_through else [])])
    gone, _ = Counted.objects.filter(pk__in=_row_ids(build.pk)).delete()
    gone += _drop_waiting(build)
    if not gone and not bytes(build.weeks) and build.erased_through == through:
        return
    Build.objects.filter(pk=build.pk).update(erased_through=through, weeks=b"")
    _record(Act.BUILD_FORGET, build, through=through.isoformat())
    scrub_after_commit()


def _drop_waiting(build: Build) -> int:
    """How many reports that was. Those that are being counted at this moment are left: whoever counts them waits for
    the build's row, and then finds it stopped or deleted. To wait for them in turn would be a deadlock."""
    skips = connection.features.has_select_for_update_skip_locked
    ours = Report.objects.select_for_update(skip_locked=skips).filter(build=build.pk).values_list("pk", flat=True)
    gone, _ = Report.objects.filter(pk__in=list(ours)).delete()
    return gone


def _held(id: int) -> dict[date, Cells]:
    """What is counted, and what waits, by month."""
    months = {row.month: counts.unpack(bytes(row.cells)) for row in Counted.objects.filter(pk__in=_row_ids(id))}
    for report in Report.objects.filter(build=id).order_by("id"):
        for month, cells in waiting.unpack(bytes(report.months)).items():
            counts.merge(months.setdefault(month, {}), cells)
    return months


def _row_ids(id: int) -> list[int]:
    """Of every month of which it can have told: a build's rows are found by their keys, without an index."""
    last = datetime.now(UTC).date() + timedelta(days=DAYS_AHEAD)
    months = range(FIRST.year * 12, last.year * 12 + last.month)
    return [counts.row_id(id, date(month // 12, month % 12 + 1, 1)) for month in months]


def _nested(counted: dict[str, int]) -> dict[str, int | dict[str, int]]:
    """As a report says it: `{"start": 3, "display": {"webvr": 1}}`."""
    found: dict[str, Any] = {}
    for what, count in sorted(counted.items()):
        event, _, value = what.partition(".")
        if value:
            found.setdefault(event, {})[value] = count
        else:
            found[event] = count
    return found


def _record(act: Act, build: Build, **facts: ledger.Fact) -> None:
    ledger.append(act, by=Actor.visitor(), facts={"build": f"{build.pk:016x}", **facts})
