"""Runs the comparison and prints its tables. `make bench ARGS=--help` lists what can be chosen."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import rates, ratios, scale
from benchmarks.side import Side, machine
from tests.postgresql import Server

DURABLE = {"listen_addresses": "", "max_connections": "60"}  # what a company would run: nothing switched off


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=7, help="turns that each side takes")
    parser.add_argument("--people", type=int, nargs="+", default=[1_000, 10_000, 100_000], metavar="N")
    parser.add_argument("--quick", action="store_true", help="a little of everything, to see that it runs")
    parser.add_argument("--million", action="store_true", help="go on to 1,000,000 people; takes about an hour")
    chosen = parser.parse_args()
    if chosen.million:
        chosen.people.append(1_000_000)
    if chosen.quick:
        chosen.rounds, chosen.people = 1, [150]
    return chosen


def show(console: Console, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(title=title, title_justify="left", title_style="bold")
    for position, head in enumerate(heads):
        table.add_column(head, justify="right" if position else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def main() -> None:
    chosen = arguments()
    share = 0.02 if chosen.quick else 1
    console = Console(width=None if sys.stdout.isatty() else 110)
    with tempfile.TemporaryDirectory(prefix="upheld-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = Server.start(folder / "postgresql", DURABLE) if chosen.database == "postgresql" else None
        try:
            console.print(f"{machine()}, {chosen.database}")
            with Side("upheld", folder, server) as upheld, Side("twin", folder, server) as twin:
                show(console, *ratios.compare(upheld, twin, people=min(chosen.people), rounds=chosen.rounds))
                show(console, *scale.grow(upheld, twin, chosen.people))
                show(console, *rates.measure(upheld, share))
        finally:
            if server is not None:
                server.stop()


if __name__ == "__main__":
    main()
