"""Whether each figure that was published is about as many builds as the policy says, and tells no more."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from upheld.builds.models import Figure
from upheld.policy import force
from upheld.policy.checks import Finding

CHUNK = 500
GROUPS, BUILDS = "of", "builds"


def thresholds() -> Finding:
    """Every block of every table, by the thresholds of the policies that were published."""
    allowed = sorted({policy.usage.threshold for policy in force.published().versions() if policy.usage.events})
    tables, blocks, wrong = 0, 0, Counter[str]()
    for figure in Figure.objects.order_by("pk").iterator(chunk_size=CHUNK):
        tables += 1
        blocks += len(figure.blocks)
        wrong.update(_wrong(figure.blocks, allowed))
    details = tuple(f"{what}: {count} of them" for what, count in wrong.most_common())
    return Finding(not wrong, f"{blocks} groups of builds in {tables} tables, {wrong.total()} of them wrong", details)


def _wrong(blocks: Any, allowed: list[int]) -> Iterator[str]:
    seen = set[str]()
    for block in blocks:
        if not isinstance(block, dict) or set(block) != {GROUPS, BUILDS}:
            yield "groups that are not what a table has"
            continue
        count = block[BUILDS]
        if type(count) is not int or not any(count >= least and count % least == 0 for least in allowed):
            yield "figures below the threshold, or between its multiples"
        for group in map(repr, block[GROUPS]):
            if group in seen:
                yield "builds that are counted in two groups of a table"
            seen.add(group)
