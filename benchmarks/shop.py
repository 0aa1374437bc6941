"""Buying, shipping and webhooks on both sides, taking turns, each with its own process of the same sandbox."""

from collections.abc import Sequence
from statistics import median

from benchmarks.ratios import Shown
from benchmarks.side import Side

HEADS = ("what", "upheld", "plain twin", "ratio")
TURNS = 10
WORK = ("order_pages", "place_order", "ship_order", "webhook")


def measure(upheld: Side, twin: Side, orders: int) -> Shown:
    """So many orders are placed, shipped, and told of by the processor."""
    each = max(1, orders // TURNS)
    taken: dict[str, dict[str, list[float]]] = {upheld.name: {}, twin.name: {}}
    for side in (upheld, twin):
        for what in WORK:
            side.call(what, 1)  # the first of its kind loads code, and starts the sandbox
    for what in WORK:
        for turn in range(TURNS):
            for side in (upheld, twin) if turn % 2 else (twin, upheld):
                taken[side.name].setdefault(what, []).extend(side.call(what, each))
    ours, theirs = taken[upheld.name], taken[twin.name]
    rows = [
        _row(
            "requests: order as a guest (3), ms", median(ours["order_pages"]) * 1e3, median(theirs["order_pages"]) * 1e3
        ),
        _row("place an order, ms", median(ours["place_order"]) * 1e3, median(theirs["place_order"]) * 1e3),
        _row(f"ship {TURNS * each:,} orders, s", sum(ours["ship_order"]), sum(theirs["ship_order"])),
        _row("request: webhook of a refund, ms", median(ours["webhook"]) * 1e3, median(theirs["webhook"]) * 1e3),
    ]
    return "Buying, with the calls to the sandbox on both sides", HEADS, rows


def _row(title: str, ours: float, theirs: float) -> Sequence[str]:
    return title, f"{ours:.2f}", f"{theirs:.2f}", f"{ours / theirs:.2f}"
