"""Whether each figure that was published is about as many builds as the policy says, and tells no more."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from upheld.builds import periods, weeks
from upheld.builds.models import Figure
from upheld.policy import force
from upheld.policy.checks import Finding

CHUNK = 500
GROUPS, BUILDS = "of", "builds"
THRESHOLD = "threshold"
Thresholds = Mapping[tuple[str, date], Any]
"""What each week says its tables were made under, by product and Monday."""


def thresholds() -> Finding:
    """Every block of every table, by the threshold of its week, which must be one of a policy that was published."""
    allowed = {policy.usage.threshold for policy in force.published().versions() if policy.usage.events}
    noted = Figure.objects.filter(period="week", view=THRESHOLD).values_list("product", "start", "blocks")
    told = {(product, start): blocks for product, start, blocks in noted}
    tables, blocks, wrong = 0, 0, Counter[str]()
    wrong.update(
        "thresholds that no policy had" for each in told.values() if each != [] and _number(each) not in allowed
    )
    for figure in Figure.objects.order_by("pk").iterator(chunk_size=CHUNK):
        if (figure.period, figure.view) == ("week", THRESHOLD):
            continue
        tables += 1
        blocks += len(figure.blocks) if isinstance(figure.blocks, list) else 0
        wrong.update(_wrong(figure, told))
    details = tuple(f"{what}: {count} of them" for what, count in wrong.most_common())
    return Finding(not wrong, f"{blocks} groups of builds in {tables} tables, {wrong.total()} of them wrong", details)


def _number(blocks: Any) -> int | None:
    return blocks[0] if isinstance(blocks, list) and len(blocks) == 1 and type(blocks[0]) is int else None


def _wrong(figure: Figure, told: Thresholds) -> Iterator[str]:
    if not _begins(figure.period, figure.start):
        yield "tables of a time that is no whole day, week or month"
    week = _made_with(figure.period, figure.start)
    noted = told.get((figure.product, weeks.monday_of(week)))
    if noted == [] and figure.blocks == []:  # what a restore leaves of a week whose figures it does not have
        return
    threshold = _number(noted)
    if threshold is None or threshold < 1:
        yield "tables of a week that says no threshold"
    elif not isinstance(figure.blocks, list):
        yield "tables that have no groups"
    else:
        yield from _wrong_groups(figure.blocks, threshold)


def _begins(period: str, start: date) -> bool:
    """Whether it is the first day of one. Else two tables could be about nearly the same days."""
    if period == "week":
        return start.weekday() == 0
    return period == "day" or (period == "month" and start.day == 1)


def _made_with(period: str, start: date) -> int:
    """The week whose figures a table was made with: a month's is its last one."""
    return periods.weeks_of(start.replace(day=1))[-1] if period == "month" else weeks.week_of(start)


def _wrong_groups(blocks: list[Any], threshold: int) -> Iterator[str]:
    seen = set[str]()
    for block in blocks:
        if not isinstance(block, dict) or set(block) != {GROUPS, BUILDS} or not isinstance(block[GROUPS], list):
            yield "groups that are not what a table has"
            continue
        count = block[BUILDS]
        if type(count) is not int or count < threshold or count % threshold:
            yield "figures below the threshold, or between its multiples"
        for group in map(repr, block[GROUPS]):
            if group in seen:
                yield "builds that are counted in two groups of a table"
            seen.add(group)
