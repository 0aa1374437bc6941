"""`upheld payments`: our books against the processor's."""

import json
from datetime import UTC, datetime

import click
from click.exceptions import Exit

from upheld.cli.instance import open_instance
from upheld.cli.terminal import progress, table


@click.group(name="payments", epilog="Example: upheld payments reconcile")
def command() -> None:
    """Check the money that moved."""


@command.command(epilog="Example: upheld payments reconcile --since 2026-11-01")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only charges made on this day (UTC) or later.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def reconcile(since: datetime | None, as_json: bool) -> None:
    """Compare each charge with the processor's account of it.

    Lists what only one side knows, and amounts that differ. Amounts are in the currency's smallest unit, such as
    cents. Exits 1 when there is a difference.
    """
    open_instance()
    from upheld.payments import verbs

    with progress("Comparing charges") as told:
        found = verbs.reconcile(since=since and since.replace(tzinfo=UTC), progress=told)
    differences = [
        {"reference": each.reference, "what": each.what, "ours": each.ours, "theirs": each.theirs}
        for each in found.differences
    ]
    if as_json:
        click.echo(json.dumps({"checked": found.checked, "differences": differences}, ensure_ascii=False))
    elif differences:
        table(("reference", "what", "ours", "processor's"), [tuple(map(str, each.values())) for each in differences])
        click.echo(f"{found.checked} charges are compared: {len(differences)} differences.")
    else:
        click.echo(f"{found.checked} charges are compared: no difference.")
    raise Exit(1 if differences else 0)


@command.command(epilog="Example: upheld payments processor")
def processor() -> None:
    """Say who charges cards, and whether it answers."""
    open_instance()
    from upheld.payments import processors
    from upheld.payments.errors import PaymentsError

    current = processors.current()
    money = "test money" if current.is_test_money else "real money"
    who = f"Cards are charged by {current.title}, with {money}."
    try:
        current.fetch("a-charge-that-there-is-not")
    except PaymentsError as error:
        click.echo(f"{who} It does not answer as it should: {error}")
        raise Exit(1) from None
    click.echo(f"{who} It answers.")
