"""Seeing, taking along, correcting and deleting, next to `effaced` and the database's own DELETE on the same rows."""

from collections.abc import Iterator, Sequence
from statistics import median, quantiles

from benchmarks.customers import FEW
from benchmarks.ratios import Shown
from benchmarks.side import Side

HEADS = ("rows", "what", "turns", "upheld, ms", "p95", "effaced, ms", "p95", "by hand, ms", "p95")
WORK = (
    ("see", "see_customer", "", ""),
    ("take along", "export_customer", "export_customer", ""),
    ("correct one value", "correct_customer", "", "correct_rows"),
    ("delete", "delete_customer", "delete_customer", "delete_rows"),
    ("write the files anew", "", "", "vacuum"),
)
"""What it is, and what does it on our side, by `effaced`, and by hand."""

MOST, LEAST, ROWS = 20, 1, 5_000  # turns with few rows; with many; and rows in all, between these
VACUUMS = 3  # each writes everybody's rows again
Times = dict[str, list[float]]


def measure(
    upheld: Side, plain: Side, people: Sequence[int], rows: Sequence[int], turns: int | None
) -> Iterator[Shown]:
    """A table for each number of people, as soon as it is there. `turns` in place of as many as fit the rows."""
    for size in sorted(people):
        for side in (upheld, plain):
            side.call("customers", size)
        _ours(upheld, FEW, {})  # the first of its kind loads code and plans
        _theirs(plain, FEW, {}, is_last=True)
        found = [line for many in sorted(rows) for line in _lines(upheld, plain, many, turns)]
        yield f"The rights of one person among {size:,}", HEADS, found


def _lines(upheld: Side, plain: Side, rows: int, turns: int | None) -> Iterator[Sequence[str]]:
    ours, theirs, held = Times(), Times(), 0.0
    many = turns or max(LEAST, min(MOST, ROWS // rows))
    for turn in range(many):
        held = _ours(upheld, rows, ours)
        _theirs(plain, rows, theirs, is_last=turn >= many - VACUUMS)
    for title, *names in WORK:
        times = [taken.get(name, []) for taken, name in zip((ours, theirs, theirs), names, strict=True)]
        yield f"{held:,.0f}", title, str(max(map(len, times))), *(cell for each in times for cell in _shown(each))


def _ours(side: Side, rows: int, taken: Times) -> float:
    """One customer comes, uses every right, and is gone. How many rows that was."""
    side.call("customer", rows)
    [held] = side.call("rows_held", 1)
    for _, name, _, _ in WORK:
        if name:
            taken.setdefault(name, []).extend(side.call(name, 1))
    return held


def _theirs(side: Side, rows: int, taken: Times, *, is_last: bool) -> None:
    """The same with `effaced`, and another customer by hand. Only at the last are the files written anew."""
    for names in (("export_customer", "correct_rows", "delete_customer"), ("delete_rows", "vacuum")[: 1 + is_last]):
        side.call("customer", rows)
        for name in names:
            taken.setdefault(name, []).extend(side.call(name, 1))


def _shown(times: Sequence[float]) -> tuple[str, str]:
    """Median and 95th percentile in milliseconds; nothing where it was not done."""
    if not times:
        return "", ""
    highest = quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
    return f"{median(times) * 1e3:,.1f}", f"{highest * 1e3:,.1f}"
