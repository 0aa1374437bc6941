"""An order's documents, as files for the printer."""

import os
from pathlib import Path

import click

from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.cli.orders.numbers import on_order, order
from upheld.cli.staff import START, waiting

MONEY = ("payment_trouble", "dispute", "refund")
CASES = {
    "confirmation": MONEY, "packing_slip": ("shipment",), "invoice": MONEY, "credit_note": ("refund",),
    "correction": MONEY,
}  # fmt: skip
"""The kinds of case for which each is made: the first that waits, or else the last, which staff may start."""


class Unwritten(CommandError):
    """The file {0} cannot be written: {1}."""


@click.command(epilog="Example: upheld orders document 7KQ4M-X2P9D packing_slip --out slip.pdf")
@click.argument("number")
@click.argument("kind")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@START
def document(number: str, kind: str, out: Path, start: str) -> None:
    """Write a document of the order NUMBER as PDF.

    KIND is confirmation, packing_slip, invoice, credit_note or correction; of several, the second is invoice-2. It
    holds personal data, opened for it on record: only you can read the file, and it is yours to delete after printing.
    """
    cases = CASES.get(kind.partition("-")[0])
    if cases is None:
        raise click.BadParameter(f"{kind[:20]!r} is none of {', '.join(CASES)}.", param_hint="KIND")
    open_instance()
    from upheld.desk import printing

    found = order(number)
    with on_order(waiting(cases, found.id), found, start=start) as by:
        paper = printing.printed(found, kind, by=by)
    write_privately(out, paper)
    click.echo(f"The {kind.replace('_', ' ')} of {found.number} is in {out}: delete it after printing.")


def write_privately(path: Path, content: bytes) -> None:
    """Mode 0600 from its first byte on, whoever could read what stood there before."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, 0o600)
            file.write(content)
        fresh.replace(path)
    except OSError as error:
        raise Unwritten(path, error.strerror or error) from None
