"""Handing parcels to the carrier: one, those of a list, or all that are packed."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

import click

from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.cli.orders.filling import attempt, each_of, tell
from upheld.cli.orders.numbers import order
from upheld.cli.staff import START
from upheld.cli.terminal import progress

if TYPE_CHECKING:
    from upheld.orders.models import Order

CARRIERS = ("manual", "easypost")
LIST = click.File(encoding="utf-8", errors="replace")  # what is no text is no number either, and is told so


class GivesNoNumbers(CommandError):
    """The carrier {0} gives no tracking numbers: ship one order with --tracking, or list them with --from."""


class NotAList(CommandError):
    """Line {0} of the list is no order's number and its tracking number, with a comma between."""


@click.command(epilog="Example: upheld orders ship 7KQ4M-X2P9D --carrier manual --tracking 00340434161094042557")
@click.argument("number", required=False)
@click.option("--carrier", type=click.Choice(CARRIERS), help="Who brings it, instead of the setting shipping.carrier.")
@click.option("--tracking", default="", help="The carrier's number of the parcel, where staff enter it.")
@click.option("--from", "listed", type=LIST, help="Ship those of a list, NUMBER,TRACKING a line; - reads it.")
@click.option("--all", "every", is_flag=True, help="Ship every order that is packed.")
@START
def ship(  # one for each option
    number: str | None, carrier: str | None, tracking: str, listed: TextIO | None, every: bool, start: str
) -> None:
    """Hand the order NUMBER to the carrier, with its name and address and nothing else.

    The card is charged, and the person is written to. Of many orders, one that cannot be shipped is told and left;
    the exit code is 1 then.
    """
    if [bool(number), listed is not None, every].count(True) != 1:
        raise click.UsageError("Name one order, or --from a list, or --all.")
    open_instance()
    if number:
        each_of([number], _with(carrier, tracking), "is shipped", start=start)
    elif listed:
        _many(list(_listed(listed)), carrier, start)
    else:
        _many(list(_packed(carrier)), carrier, start)


def _packed(carrier: str | None) -> "Iterator[tuple[Order, str]]":
    from upheld.orders import carriers
    from upheld.orders.models import Order

    current = carriers.named(carrier) if carrier else carriers.current()
    if not current.needs_address_by_api:
        raise GivesNoNumbers(current.name)
    return ((each, "") for each in Order.objects.to_ship().order_by("id"))


def _listed(file: TextIO) -> "Iterator[tuple[Order, str]]":
    """Read whole before anything is shipped, so that a mistake in it stops everything."""
    for at, line in enumerate(file.read().splitlines(), start=1):
        if line.strip():
            found = re.fullmatch(r"\s*([^,;\t]+)[,;\t]\s*([^,;\s]+)\s*", line)
            if not found:
                raise NotAList(at)
            yield order(found[1]), found[2]


def _many(parcels: "Sequence[tuple[Order, str]]", carrier: str | None, start: str) -> None:
    problems = []
    with progress("Shipping orders") as told:
        for done, (each, tracking) in enumerate(parcels, start=1):
            problems.append(attempt(each, _with(carrier, tracking), start=start))
            told(done, len(parcels))
    click.echo(f"{problems.count('')} orders are shipped.")
    tell(problems)


def _with(carrier: str | None, tracking: str) -> Callable[..., Any]:
    from upheld.orders import verbs

    return partial(verbs.ship, carrier=carrier, tracking=tracking)
