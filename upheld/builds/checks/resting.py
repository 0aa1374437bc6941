"""Whether what rests under builds' numbers holds what the policy declares, and nothing else."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import msgspec
from django.db import models

from upheld.builds import counts, waiting, weeks
from upheld.builds.counts import Cells
from upheld.builds.models import Build, Counted, Figure, Release, Report
from upheld.policy import force
from upheld.policy.checks import Finding

CHUNK = 500
UNREADABLE = "cannot be read"
PRODUCTS: tuple[type[models.Model], ...] = (Release, Build, Counted, Report, Figure)
"""The tables that say of a product something about its builds."""
Wrong = Counter[str]
"""What is wrong with rows, and with how many."""


def counted() -> Finding:
    """Every row of what was counted or waits for it: declared events and values, of releases that were published."""
    look, rows, cells, wrong = _Vocabulary(), 0, 0, Wrong()
    for product, months in _rows():
        rows += 1
        if months is None:
            wrong[UNREADABLE] += 1
            continue
        for month, held in months.items():
            cells += len(held)
            wrong.update(look.strange(product, month, held))
    wrong.update(_strange_weeks())
    details = tuple(f"{what}: {count} of them" for what, count in wrong.most_common())
    return Finding(not wrong, f"{rows} rows with the counts of {cells} days, {wrong.total()} of them wrong", details)


def named() -> Finding:
    """Every row about a product is about one that a published policy names. Builds that a restore stopped or deleted
    again name none, until they report."""
    products = {product for policy in force.published().versions() for product in policy.products}
    total, wrong = 0, []
    for model in PRODUCTS:
        found = Counter(dict(model._default_manager.values_list("product").annotate(models.Count("pk"))))
        total += found.total()
        strange = sum(
            count for product, count in found.items() if product not in products and (product or model is not Build)
        )
        if strange:
            wrong.append(f"{strange} rows of {model._meta.db_table} are about a product that no policy names")
    return Finding(not wrong, f"{total} rows about releases and builds, each of a product of the policy", tuple(wrong))


class _Vocabulary:
    """What may be counted, of every version of the policy: what was declared once may rest until its time is over."""

    def __init__(self) -> None:
        self._usages = [policy.usage for policy in force.published().versions()]
        self._released = set(Release.objects.values_list("product", "version", "platform"))
        self._known: dict[str, bool] = {}

    def strange(self, product: str, month: date, cells: Cells) -> Iterator[str]:
        """Of each cell, what is wrong about it, in words that quote nothing of it."""
        for (day, version, platform), held in cells.items():
            if (product, version, platform) not in self._released:
                yield "counts of a version or platform that was not published"
            if not _is_day(month, day):
                yield "counts of a day that is not of their month"
            if not all(self._is_declared(what) for what in held):
                yield "counts of something that no policy declares"
            if any(type(count) is not int or count < 1 for count in held.values()):
                yield "counts that are no numbers above zero"

    def _is_declared(self, what: str) -> bool:
        if what not in self._known:
            event, _, value = what.partition(".")
            self._known[what] = any(usage.allows(event, value) for usage in self._usages)
        return self._known[what]


def _rows() -> Iterator[tuple[str, waiting.Months | None]]:
    """Each row's product and months; None for a row that cannot be read."""
    for row in Counted.objects.order_by("pk").iterator(chunk_size=CHUNK):
        try:
            held = {row.month: counts.unpack(bytes(row.cells))}
        except (msgspec.DecodeError, msgspec.ValidationError):
            held = None
        yield row.product, held if row.pk == counts.row_id(row.build, row.month) else None
    for report in Report.objects.order_by("pk").iterator(chunk_size=CHUNK):
        try:
            months: waiting.Months | None = waiting.unpack(bytes(report.months))
        except (msgspec.DecodeError, msgspec.ValidationError):
            months = None
        yield report.product, months


def _strange_weeks() -> Iterator[str]:
    for packed in Build.objects.order_by("pk").values_list("weeks", flat=True).iterator(chunk_size=CHUNK):
        try:
            weeks.unpack(bytes(packed))
        except (msgspec.DecodeError, msgspec.ValidationError):
            yield "weeks that are no list of weeks"


def _is_day(month: date, day: int) -> bool:
    try:
        return month.day == 1 and month.replace(day=day).day == day
    except ValueError:
        return False
