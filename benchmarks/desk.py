"""The desk next to the plain twin: queues, a case, a field, finding somebody, among many people and open cases."""

from collections.abc import Sequence
from statistics import median

from benchmarks.ratios import Shown
from benchmarks.side import Side

HEADS = ("what", "upheld, ms", "plain twin, ms", "ratio")
COUNT = 5  # of each in a turn
WORK = (
    ("parcels_page", "request: queue of parcels"),
    ("talks_page", "request: queue of conversations"),
    ("case_page", "request: a case"),
    ("open_field", "request: open a field"),
    ("find_number", "request: find by order number"),
    ("find_email", "request: find by e-mail"),
)


def measure(upheld: Side, twin: Side, *, people: int, cases: int, rounds: int) -> Shown:
    """Half of the open cases are parcels, half conversations, each of somebody else; `people` are all the others."""
    for side in (upheld, twin):
        side.call("filled", people)
        side.call("populate", int(side.call("people", 1)[0]) + cases)
        side.call("waiting", cases)
        for what, _ in WORK:
            side.call(what, 1)  # the first of its kind loads code and plans
    rows = [_row(what, title, upheld, twin, rounds) for what, title in WORK]
    return f"The desk, {people:,} people, {cases:,} open cases, medians of {rounds} turns", HEADS, rows


def _row(what: str, title: str, upheld: Side, twin: Side, rounds: int) -> Sequence[str]:
    taken: dict[str, list[float]] = {upheld.name: [], twin.name: []}
    for turn in range(rounds):
        for side in (upheld, twin) if turn % 2 else (twin, upheld):
            taken[side.name] += side.call(what, COUNT)
    ours, theirs = median(taken[upheld.name]), median(taken[twin.name])
    return title, f"{ours * 1e3:.2f}", f"{theirs * 1e3:.2f}", f"{ours / theirs:.2f}"
