"""Reports and counters a second: from the endpoint's bytes to counted rows, next to only decoding and bare inserts.

Each worker is a process of its own with five threads, as a web process has them: they share what a disk confirms.
A counter is one count of one event and value on one day. Reports are of seven days with twelve counters each.
"""

from collections.abc import Sequence
from typing import Any

from benchmarks.side import Side

DAYS = 7
COUNTS: dict[str, Any] = {
    "start": 3,
    "open": {"file": 2, "web": 9, "package": 1},
    "display": {"screen": 4, "webvr": 1},
    "enter_xr": 1,
    "hands": 17,
    "graphics": {"webgl2": 3},
    "frame_rate": {"from_30": 12, "from_60": 340},
    "share": 1,
}
COUNTERS = DAYS * sum(len(values) if isinstance(values, dict) else 1 for values in COUNTS.values())
STEPS = (
    ("taken by the endpoint, and then counted", "usage_whole"),
    ("taken by the endpoint", "usage_taken"),
    ("counted", "usage_counted"),
    ("only inflated, decoded and checked", "usage_decoded"),
    ("bare inserts of the same rows", "usage_inserted"),
)
Shown = tuple[str, Sequence[str], Sequence[Sequence[str]]]


def measure(upheld: Side, reports: int) -> list[Shown]:
    """A table of rates, with one worker and with two."""
    upheld.call("usage_release", 1)
    rows = [_row(what, upheld, [upheld.process], name, reports) for what, name in STEPS]
    second = upheld.another()
    try:
        both = [upheld.process, second]
        rows += [_row(f"{what}, two workers", upheld, both, name, reports) for what, name in STEPS[:2]]
    finally:
        upheld.end(second)
    [memory] = upheld.call("usage_memory", 1)
    heads = ("what", "reports", "seconds", "reports/s", "counters/s")
    return [(f"Usage: reports of {COUNTERS} counters; a worker held {memory:,.0f} MiB at most", heads, rows)]


def _row(what: str, side: Side, processes: Sequence[Any], name: str, reports: int) -> list[str]:
    share = reports // len(processes)
    for step in ("usage_prepare", name):
        for process in processes:
            side.tell(process, step, share)
        taken = [sum(side.hear(process)) for process in processes]
    rate = share * len(processes) / max(taken)
    return [what, f"{reports:,}", f"{max(taken):.2f}", f"{rate:,.0f}", f"{rate * COUNTERS:,.0f}"]
