"""How much of each there is in a second, on this machine."""

from benchmarks.ratios import Shown
from benchmarks.side import Side

HEADS = ("what", "a second")
VALUES = 20_000
APPENDS = 2_000
LETTERS = 500  # handed to a mail server on this machine; 900 at most, for SQLite's limit of parameters
WRITERS = 4


def measure(upheld: Side, share: float = 1) -> Shown:
    """`share` of what is usually done, from 0 to 1."""
    values, appends = int(VALUES * share), int(APPENDS * share)
    letters = int(LETTERS * share)
    rows = [
        ("seal one value", f"{_rate(upheld, 'seal', values):,.0f}"),
        ("open one value", f"{_rate(upheld, 'unseal', values):,.0f}"),
        ("ledger: append, one writer", f"{_rate(upheld, 'append', appends):,.0f}"),
        (f"ledger: append, {WRITERS} writers at once", f"{_together(upheld, appends):,.0f}"),
        ("news: choose and queue, each letter", f"{1 / upheld.call('choose', letters)[0]:,.0f}"),
        ("news: hand over, choice checked", f"{_rate(upheld, 'deliver', letters):,.0f}"),
        ("news: hand over, nothing checked", f"{_rate(upheld, 'deliver_unchecked', letters):,.0f}"),
        ("ledger: verify entries", f"{_verified(upheld):,.0f}"),
    ]
    return "Rates, an append being a transaction of its own", HEADS, rows


def _rate(side: Side, what: str, count: int) -> float:
    return count / sum(side.call(what, count))


def _together(side: Side, appends: int) -> float:
    writers = [side.another() for _ in range(WRITERS)]
    for each in writers:
        side.tell(each, "append", 1)  # connected and warm before the clock runs
    for each in writers:
        side.hear(each)
    for each in writers:
        side.tell(each, "append", appends // WRITERS)
    slowest = max(sum(side.hear(each)) for each in writers)
    for each in writers:
        side.end(each)
    return appends / slowest


def _verified(side: Side) -> float:
    [count] = side.call("entries", 1)
    return count / sum(side.call("verify", 1))
