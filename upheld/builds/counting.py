"""Counting what was reported: many reports at a time become rows by build and month, and the weeks of builds.

A count is what happened on its day so far, so that nothing is counted twice: not a report that came twice, and not one
that was counted by a process that died before it said so.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection, transaction

from upheld import ledger
from upheld.builds import counts, waiting, weeks
from upheld.builds.expiring import expire_due as expire_due
from upheld.builds.expiring import is_counting
from upheld.builds.models import Build, Counted, Report
from upheld.builds.waiting import Months
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

WORKER = Actor.system("worker")
BATCH = 1000  # reports
FEW = 500  # rows a statement
USAGE = "usage"


class Waiting(NamedTuple):
    """What one build has reported and nobody has counted."""

    product: str
    months: Months


def count_due() -> int:
    """Count all that waits; how many reports that were. None when the policy has nothing counted: `expire_due` drops
    them."""
    total = 0
    while is_counting() and (counted := count_batch()):
        total += counted
    return total


@transaction.atomic
def count_batch(most: int = BATCH) -> int:
    """The oldest reports that wait, and no other process counts; how many those were."""
    require(Act.REPORTS_COUNT, by=WORKER, purpose=USAGE)
    skips = connection.features.has_select_for_update_skip_locked
    reports = list(Report.objects.select_for_update(skip_locked=skips).order_by("id")[:most])
    if not reports:
        return 0
    waits = _by_build(reports)
    builds = _locked(waits)
    kept = {id: _wanted(builds[id], told.months) for id, told in waits.items()}
    wanted = {id: months for id, months in kept.items() if months}
    _merge(wanted, builds)
    _mark_weeks(wanted, builds)
    Report.objects.filter(pk__in=[report.pk for report in reports]).delete()
    ledger.append(Act.REPORTS_COUNT, by=WORKER, facts={"reports": len(reports), "builds": len(wanted)})
    return len(reports)


def _by_build(reports: Iterable[Report]) -> dict[int, Waiting]:
    """In the order of the builds' ids: that of what is written, which then says nothing about who came first."""
    found: dict[int, Waiting] = {}
    for report in sorted(reports, key=lambda each: each.build):
        months = found.setdefault(report.build, Waiting(report.product, {})).months
        for month, cells in waiting.unpack(bytes(report.months)).items():
            counts.merge(months.setdefault(month, {}), cells)
    return found


def _locked(waits: dict[int, Waiting]) -> dict[int, Build]:
    """The builds' rows, made where there is none. While they are locked nobody else counts, stops or deletes them."""
    Build.objects.bulk_create(
        [Build(pk=id, product=waits[id].product) for id in waits], ignore_conflicts=True, batch_size=FEW
    )
    found: dict[int, Build] = {}
    for some in _few(list(waits)):
        found |= {build.pk: build for build in Build.objects.select_for_update().filter(pk__in=some).order_by("pk")}
    for id, build in found.items():
        build.product = waits[id].product  # one that a restore stopped or deleted again has none yet
    return found


def _wanted(build: Build, months: Months) -> Months:
    """What a build that is stopped, or was deleted up to a day, has not taken back."""
    if build.stopped:
        return {}
    through = build.erased_through
    if through is None:
        return months
    kept = {
        month: {where: counted for where, counted in cells.items() if month.replace(day=where[0]) > through}
        for month, cells in months.items()
    }
    return {month: cells for month, cells in kept.items() if cells}


def _merge(wanted: dict[int, Months], builds: dict[int, Build]) -> None:
    rows = {
        counts.row_id(id, month): Counted(build=id, month=month, product=builds[id].product)
        for id, months in wanted.items()
        for month in months
    }
    held: dict[int, bytes] = {}
    for some in _few(list(rows)):
        held |= {id: bytes(cells) for id, cells in Counted.objects.filter(pk__in=some).values_list("pk", "cells")}
    changed = []
    for id in sorted(rows):
        row = rows[id]
        cells = counts.unpack(held[id]) if id in held else {}
        row.pk, row.cells = id, counts.pack(counts.merge(cells, wanted[row.build][row.month]))
        if row.cells != held.get(id):
            changed.append(row)
    Counted.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["id"], update_fields=["cells"], batch_size=FEW
    )


def _mark_weeks(wanted: dict[int, Months], builds: dict[int, Build]) -> None:
    changed = []
    for id, months in wanted.items():
        build = builds[id]
        days = [month.replace(day=where[0]) for month, cells in months.items() for where in cells]
        active = weeks.pack(weeks.unpack(bytes(build.weeks)) | {weeks.week_of(day) for day in days})
        if active != bytes(build.weeks):
            build.weeks = active
            changed.append(build)
    # They are there, and locked; this is the quick way to change many rows, each to a value of its own.
    Build.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["id"], update_fields=["product", "weeks"], batch_size=FEW
    )


def _few(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + FEW] for start in range(0, len(ids), FEW))
