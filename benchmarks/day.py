"""One busy day of a shop: many people at once order, parcels leave, some money goes back, and the books must agree."""

import time
from collections.abc import Sequence

from benchmarks.ratios import Shown
from benchmarks.side import Side

HEADS = ("part of the day", "how many", "seconds", "a second")
PROCESSES = 4
REFUNDED = 0.02


def spend(upheld: Side, orders: int) -> Shown:
    """Raises AssertionError when the books and the processor do not agree."""
    upheld.call("populate", orders + PROCESSES)
    upheld.call("open_up", 1)
    clerks = [upheld.another() for _ in range(PROCESSES)]
    share = orders // PROCESSES
    for at, clerk in enumerate(clerks):
        upheld.tell(clerk, "skip", at * (share + 1))
    for clerk in clerks:
        upheld.hear(clerk)
    rows = []
    for title, what, many in (
        ("place orders", "place_order", share),
        ("pack and ship them", "ship_order", share),
        ("give a part back", "refund_order", max(1, int(share * REFUNDED))),
        ("hear of refunds from the processor", "webhook", max(1, int(share * REFUNDED))),
    ):
        start = time.perf_counter()
        for clerk in clerks:
            upheld.tell(clerk, what, many)
        for clerk in clerks:
            upheld.hear(clerk)
        rows.append(_row(title, many * PROCESSES, time.perf_counter() - start))
    for clerk in clerks:
        upheld.end(clerk)
    rows.append(_row("put the ledger in order", 0, sum(upheld.call("sequence", 1))))
    seconds, checked, differences = upheld.call("reconcile", 1)
    assert (checked, differences) == (share * PROCESSES, 0), f"{checked} charges, {differences} differences"
    rows.append(_row("reconcile, with no difference", int(checked), seconds))
    return f"A day with {share * PROCESSES:,} orders, {PROCESSES} processes at once", HEADS, rows


def _row(title: str, many: int, seconds: float) -> Sequence[str]:
    return title, f"{many:,}" if many else "", f"{seconds:.1f}", f"{many / seconds:,.0f}" if many else ""
