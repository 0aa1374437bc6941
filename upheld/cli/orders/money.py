"""Calling an order off, and giving money back."""

import click

from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.cli.orders.numbers import on_order, order
from upheld.cli.staff import START
from upheld.cli.terminal import sure

REASON = click.option("--reason", default="", help="Why, in a word, such as damaged; it may serve as --start, too.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")
CASE = "refund"


class NotDone(CommandError):
    """{0}"""


@click.command(epilog="Example: upheld orders cancel 7KQ4M-X2P9D --reason out_of_stock")
@click.argument("number")
@REASON
@START
@YES
def cancel(number: str, reason: str, start: str, yes: bool) -> None:
    """Call off the order NUMBER, as long as it is not shipped.

    What was taken from the card is given back, and what was only reserved is released. The person is written to.
    """
    open_instance()
    from upheld.orders import verbs
    from upheld.orders.models import Order

    found = order(number)
    sure(f"Call off {found}, and give back or release its money?", yes=yes)
    with on_order(CASE, found, start=start or reason) as by:
        done = verbs.cancel(found, by=by, reason=reason)
    if not isinstance(done, Order):
        raise NotDone(done.sentence)
    click.echo(f"{found.number} is cancelled.")


@click.command(epilog="Example: upheld orders refund 7KQ4M-X2P9D --amount 5.00 --reason late")
@click.argument("number")
@click.option("--amount", help="How much, such as 5.00; without it, all that is left.")
@REASON
@START
@YES
def refund(number: str, amount: str | None, reason: str, start: str, yes: bool) -> None:
    """Give money back for the order NUMBER, all of it or a part.

    The person is written to, and gets a credit note.
    """
    open_instance()
    from upheld.orders import verbs
    from upheld.orders.models import Order
    from upheld.payments import money

    found = order(number)
    part = money.minor(money.read(amount, found.currency)) if amount is not None else None
    said = "all that was paid" if part is None else money.shown(part, found.currency)
    sure(f"Give back {said} for {found}?", yes=yes)
    with on_order(CASE, found, start=start or reason) as by:
        done = verbs.refund(found, amount=part, by=by, reason=reason)
    if not isinstance(done, Order):
        raise NotDone(done.sentence)
    click.echo(f"{found.number}: {said} is given back.")
