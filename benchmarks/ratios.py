"""The same work on both sides, taking turns: medians, and how many times as long Upheld takes."""

from collections.abc import Sequence
from statistics import median

from benchmarks.side import Side

# What is done, how often in a turn, and what it is to be compared as.
WORK = (
    ("sign_in_page", 4, "request: sign in (POST, Argon2id)"),
    ("account_page", 10, "request: account page"),
    ("data_page", 10, "request: page with all data"),
    ("erase_page", 3, "request: erase (POST, Argon2id)"),
    ("open_one", 20, "data: open one"),
    ("open_thousand", 2, "data: open 1,000"),
    ("correct", 10, "data: correct one"),
    ("erase", 5, "data: erase one person"),
)
HEADS = ("what", "upheld, ms", "plain twin, ms", "ratio")
Shown = tuple[str, Sequence[str], Sequence[Sequence[str]]]


def compare(upheld: Side, twin: Side, *, people: int, rounds: int) -> Shown:
    for side in (upheld, twin):
        side.call("populate", people)
        for what, _, _ in WORK:
            side.call(what, 1)  # the first of its kind loads code and plans
    rows = [_row(what, count, title, upheld, twin, rounds) for what, count, title in WORK]
    return f"Against the plain twin, {people:,} people, medians of {rounds} turns", HEADS, rows


def _row(what: str, count: int, title: str, upheld: Side, twin: Side, rounds: int) -> Sequence[str]:
    taken: dict[str, list[float]] = {upheld.name: [], twin.name: []}
    for turn in range(rounds):
        for side in (upheld, twin) if turn % 2 else (twin, upheld):
            taken[side.name] += side.call(what, count)
    ours, theirs = median(taken[upheld.name]), median(taken[twin.name])
    return title, f"{ours * 1e3:.2f}", f"{theirs * 1e3:.2f}", f"{ours / theirs:.2f}"
