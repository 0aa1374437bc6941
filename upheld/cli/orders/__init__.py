"""`upheld orders`: what was ordered, and what staff do with it."""

import click

from upheld.cli.orders import filling, listing, money, notices, papers, shipping, showing


@click.group(name="orders", epilog="Example: upheld orders list --state paid")
def command() -> None:
    """Fill orders, and mend what goes wrong with them.

    Lists and answers show no personal data; what a document needs is opened for it, on record. NUMBER is an order's,
    with or without its dash, in any case.
    """


for each in (
    listing.command,
    showing.command,
    filling.pack,
    shipping.ship,
    filling.deliver,
    filling.trouble,
    money.cancel,
    money.refund,
    papers.document,
    notices.command,
):
    command.add_command(each)
