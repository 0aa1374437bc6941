"""The process of one side: reads `["name", count]` a line, does it, answers with the seconds that each took."""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable

SETTINGS = {"upheld": "upheld.settings", "twin": "benchmarks.twin.settings", "plain": "upheld.settings"}
MODULES = {
    "upheld": (
        "benchmarks.upheld", "benchmarks.upheld_orders", "benchmarks.upheld_rights", "benchmarks.upheld_desk",
        "benchmarks.guests", "benchmarks.upheld_usage",
    ),
    "plain": ("benchmarks.plain.side",),
    "twin": ("benchmarks.twin.side", "benchmarks.twin.orders", "benchmarks.twin.desk", "benchmarks.guests"),
}  # fmt: skip


def timed(turns: Iterable[Callable[[], object]]) -> list[float]:
    """Seconds of each turn; what the iterable does to prepare one is not counted."""
    taken = []
    for turn in turns:
        start = time.perf_counter()
        turn()
        taken.append(time.perf_counter() - start)
    return taken


def main(name: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS[name]
    import django

    django.setup()
    sides = [importlib.import_module(module) for module in MODULES[name]]
    sides[0].begin()
    for line in sys.stdin:
        what, count = json.loads(line)
        turns = next(getattr(side, what) for side in sides if hasattr(side, what))(count)
        times = turns if isinstance(turns, list) else timed(turns)
        sys.stdout.write(json.dumps(times) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
