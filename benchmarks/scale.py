"""Rights take as long whether there are a thousand people or a million: measured while both sides grow."""

from collections.abc import Sequence
from statistics import median

from benchmarks.ratios import Shown
from benchmarks.side import Side

HEADS = ("people", "see, ms", "erase, ms", "twin: see, ms", "twin: erase, ms", "filled at, people/s")
TURNS = 15


def grow(upheld: Side, twin: Side, sizes: Sequence[int]) -> Shown:
    rows = []
    for size in sorted(sizes):
        [before] = upheld.call("people", 1)
        speed = (size - before) / sum(upheld.call("populate", size))
        twin.call("populate", size)
        measured = [side.call(what, TURNS) for side in (upheld, twin) for what in ("see", "erase")]
        rows.append([f"{size:,}", *(f"{median(times) * 1e3:.2f}" for times in measured), f"{speed:,.0f}"])
    return "See and erase, by number of people (flat is the aim)", HEADS, rows
