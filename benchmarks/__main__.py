"""Runs the comparison and prints its tables. `make bench ARGS=--help` lists what can be chosen."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import day, desk, letters, rates, ratios, rights, scale, shop, usage
from benchmarks.side import Side, machine
from tests.postgresql import Server

DURABLE = {"listen_addresses": "", "max_connections": "60"}  # what a company would run: nothing switched off


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=7, help="turns that each side takes")
    parser.add_argument("--people", type=int, nargs="+", metavar="N")
    parser.add_argument("--orders", type=int, default=1_000, metavar="N", help="orders that each side places and ships")
    parser.add_argument(
        "--day", type=int, nargs="?", const=10_000, default=0, metavar="N",
        help="one busy day of a shop instead of the comparison: 10,000 orders, or N",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="a little of everything, to see that it runs")
    parser.add_argument("--million", action="store_true", help="go on to 1,000,000 people; takes about an hour")
    parser.add_argument("--letters", action="store_true", help="only how well letters coming in are understood")
    parser.add_argument("--desk", action="store_true", help="only the pages on which staff work")
    parser.add_argument("--cases", type=int, default=1_000, metavar="N", help="open cases at the desk")
    parser.add_argument("--rights", action="store_true", help="only seeing, correcting and deleting, next to others")
    parser.add_argument(
        "--usage", type=int, nargs="?", const=20_000, default=0, metavar="N",
        help="only reports of builds: 20,000 of them, or N",
    )  # fmt: skip
    parser.add_argument("--rows", type=int, nargs="+", default=[10, 1_000], metavar="N", help="rows of one person")
    chosen = parser.parse_args()
    usual = [1_000] if chosen.rights else [10_000] if chosen.desk else [1_000, 10_000, 100_000]
    chosen.people = chosen.people or usual
    if chosen.million:
        chosen.people.append(1_000_000)
    if chosen.quick:
        chosen.rounds, chosen.people, chosen.orders = 1, [20 if chosen.rights else 200], 20
        chosen.cases = 100
        chosen.day, chosen.rows = min(chosen.day, 40), [10, 40]
        chosen.usage = min(chosen.usage, 40)
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
    if chosen.letters:
        for shown in letters.measure():
            show(console, *shown)
        return
    with tempfile.TemporaryDirectory(prefix="upheld-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = Server.start(folder / "postgresql", DURABLE) if chosen.database == "postgresql" else None
        try:
            console.print(f"{machine()}, {chosen.database}")
            if chosen.day:
                with Side("upheld", folder, server) as upheld:
                    show(console, *day.spend(upheld, chosen.day))
                return
            if chosen.usage:
                with Side("upheld", folder, server) as upheld:
                    for shown in usage.measure(upheld, chosen.usage):
                        show(console, *shown)
                return
            if chosen.rights:
                with Side("upheld", folder, server) as upheld, Side("plain", folder, server) as plain:
                    turns = 1 if chosen.quick else None
                    for shown in rights.measure(upheld, plain, chosen.people, chosen.rows, turns):
                        show(console, *shown)
                return
            with Side("upheld", folder, server) as upheld, Side("twin", folder, server) as twin:
                if chosen.desk:
                    for many in chosen.people:
                        found = desk.measure(upheld, twin, people=many, cases=chosen.cases, rounds=chosen.rounds)
                        show(console, *found)
                    return
                show(console, *ratios.compare(upheld, twin, people=min(chosen.people), rounds=chosen.rounds))
                show(console, *scale.grow(upheld, twin, chosen.people))
                show(console, *shop.measure(upheld, twin, chosen.orders))
                show(console, *rates.measure(upheld, share))
        finally:
            if server is not None:
                server.stop()


if __name__ == "__main__":
    main()
