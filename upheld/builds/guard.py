"""The arithmetic of publishing: whole clumps of builds, and never a figure that only a smaller group could explain.

Whatever is published can be explained by a population in which every group of builds, however it is described, is a
multiple of the threshold: builds come in clumps of that many that are all alike. Nobody can then tell that a smaller
group exists, whatever they subtract. Each function here keeps it so; docs/why/builds.md has the argument.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key")


def rounded(count: int, threshold: int) -> int:
    """Down to a multiple of the threshold: zero, for a group that is smaller."""
    return count - count % threshold


def between(figure: int, least: int, most: int) -> int:
    """The figure, or whichever bound it passes. All three are multiples of the threshold."""
    return max(least, min(figure, most))


def partition(
    counts: Mapping[Key, int], threshold: int, *, order: Iterable[Key] | None = None, budget: int | None = None
) -> dict[Key, int]:
    """Of groups that have no build in common: the figures of those that reach the threshold, and nothing of the others.

    All together are at most `budget`, a figure already: whoever comes first in `order` (that of the keys, when there
    is none; never that of the counts) has it first. The sum of what is returned is the total; no other is published.
    """
    shown: dict[Key, int] = {}
    left = budget
    for key in counts if order is None else order:
        figure = rounded(counts.get(key, 0), threshold)
        if left is not None:
            figure = min(figure, left)
            left -= figure
        if figure:
            shown[key] = figure
    return shown
