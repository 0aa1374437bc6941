"""Packing, delivering, and saying that an order cannot be filled."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from upheld.cli.errors import expected
from upheld.cli.instance import open_instance
from upheld.cli.orders.numbers import on_order, order
from upheld.cli.staff import START

if TYPE_CHECKING:
    from upheld.orders.models import Order

NUMBERS = click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
SHIPMENT, LOST = "shipment", "lost_parcel"
KINDS = ("undeliverable", "out_of_stock")


@click.command(epilog="Example: upheld orders pack 7KQ4M-X2P9D")
@NUMBERS
@START
def pack(numbers: Sequence[str], start: str) -> None:
    """Mark orders as packed. From then on the person cannot call them off."""
    open_instance()
    from upheld.orders import verbs

    each_of(numbers, verbs.pack, "is packed", start=start)


@click.command(epilog="Example: upheld orders deliver 7KQ4M-X2P9D")
@NUMBERS
@START
def deliver(numbers: Sequence[str], start: str) -> None:
    """Mark shipped orders as delivered."""
    open_instance()
    from upheld.orders import verbs

    each_of(numbers, verbs.deliver, "is delivered", start=start)


@click.command(epilog="Example: upheld orders trouble 7KQ4M-X2P9D --kind undeliverable --reason address")
@click.argument("number")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What keeps it from being filled.")
@click.option("--reason", default="", help="Why, in a word, such as address.")
@START
def trouble(number: str, kind: str, reason: str, start: str) -> None:
    """Say that the order NUMBER cannot be filled as it stands.

    The person is written to, with a link that mends it.
    """
    open_instance()
    from upheld.orders import verbs

    case = LOST if kind == "undeliverable" else SHIPMENT
    found = order(number)
    with on_order(case, found, start=start) as by:
        verbs.trouble(found, kind=kind, reason=reason, by=by)
    click.echo(f"{found.number} is in trouble, and the person is written to.")


def each_of(numbers: Sequence[str], verb: Callable[..., Any], said: str, *, start: str) -> None:
    """The verb on each order; what cannot be done is told, and keeps none of the others."""
    orders = [order(number) for number in dict.fromkeys(numbers)]
    problems = [attempt(found, verb, start=start) for found in orders]
    for found, problem in zip(orders, problems, strict=True):
        if not problem:
            click.echo(f"{found.number} {said}.")
    tell(problems)


def attempt(found: "Order", verb: Callable[..., Any], *, start: str) -> str:
    """Empty when it is done, else why not."""
    try:
        with on_order(SHIPMENT, found, start=start) as by:
            done = verb(found, by=by)
    except Exception as error:
        sentence = expected(error)
        if sentence is None:
            raise
        return f"{found.number}: {sentence}"
    return f"{found.number}: {done.sentence}" if done is not None and not done else ""


def tell(problems: Sequence[str]) -> None:
    for problem in filter(None, problems):
        click.echo(f"upheld: {problem}", err=True)
    if any(problems):
        raise Exit(1)
