"""`upheld products rates`: the tax of each country that is sold to, and what bringing a parcel there costs."""

import json
from decimal import Decimal, InvalidOperation

import click

from upheld.cli.instance import open_instance
from upheld.cli.terminal import table


@click.group(name="rates", invoke_without_command=True, epilog="Example: upheld products rates --json")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Show the countries that are sold to.

    With the tax there, in percent, and the price of shipping before tax.
    """
    if context.invoked_subcommand:
        return
    open_instance()
    from upheld.orders.models import Destination
    from upheld.payments.money import shown

    rows = list(Destination.objects.order_by("country"))
    if as_json:
        found = [
            {
                "country": row.country, "tax_name": row.tax_name, "tax_rate": f"{row.tax_rate.normalize():f}",
                "ships": row.ships, "shipping": row.shipping, "currency": row.currency,
            }
            for row in rows
        ]  # fmt: skip
        click.echo(json.dumps({"rates": found}, ensure_ascii=False))
        return
    table(
        ("country", "tax", "percent", "shipping"),
        [
            (
                row.country, row.tax_name, f"{row.tax_rate.normalize():f}",
                shown(row.shipping, row.currency) if row.ships else "no parcels",
            )
            for row in rows
        ],
    )  # fmt: skip


@command.command(
    name="set", epilog="Example: upheld products rates set DE --tax 19 --name VAT --shipping 4.90 --currency EUR"
)
@click.argument("country")
@click.option("--tax", required=True, help="In percent, such as 8.875.")
@click.option("--name", default="", help="What the tax is called there, such as VAT or GST.")
@click.option("--shipping", default="0", help="Price of bringing a parcel there, before tax, such as 4.90.")
@click.option("--no-shipping", is_flag=True, help="Bring no parcels there; downloads and services are still sold.")
@click.option("--currency", required=True, help="Of the price of shipping, such as EUR (ISO 4217).")
def set_rate(country: str, tax: str, name: str, shipping: str, no_shipping: bool, currency: str) -> None:
    """Sell to COUNTRY (two letters, ISO 3166), or change its rates.

    They hold for what is ordered from now on.
    """
    rate = _percent(tax)
    open_instance()
    from upheld.orders import verbs
    from upheld.payments import money
    from upheld.policy.actors import Actor

    country = country.upper()
    verbs.set_destination(
        country, tax_name=name, tax_rate=rate, ships=not no_shipping, currency=currency,
        shipping=money.minor(money.read(shipping, currency.upper())), by=Actor.operator(),
    )  # fmt: skip
    click.echo(f"{country} is sold to at these rates from now on.")


def _percent(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise click.BadParameter(f"{text[:20]!r} is no percentage such as 19.", param_hint="--tax") from None
