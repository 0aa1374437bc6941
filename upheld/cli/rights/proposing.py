"""Corrections that staff propose, and the person says yes or no to."""

import json

import click

from upheld.cli.instance import open_instance
from upheld.cli.rights.finding import officer, request
from upheld.cli.terminal import table, typed


@click.command(epilog="Example: upheld rights fields R-7K3Q9XMT --json")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def fields(number: str, as_json: bool) -> None:
    """Show what can be corrected for the request NUMBER: rows and names of fields, never what they hold."""
    open_instance()
    from upheld.rights.corrections import proposing

    found = [
        {"row": f"{each.label}:{each.row}", "field": each.field, "title": each.title}
        for each in proposing.fields(request(number))
    ]
    if as_json:
        click.echo(json.dumps({"fields": found}))
        return
    table(("row", "field", "what"), [(each["row"], each["field"], each["title"]) for each in found])


@click.command(epilog="Example: upheld rights propose R-7K3Q9XMT --row order:0193… --field name < value.txt")
@click.argument("number")
@click.option("--row", required=True, help="Which row, as upheld rights fields names it.")
@click.option("--field", required=True, help="Which field of it.")
def propose(number: str, row: str, field: str) -> None:
    """Propose a correction for the request NUMBER, and write to the person.

    The value is read from standard input. Nothing is changed before the person says yes, within seven days.
    """
    label, colon, id = row.partition(":")
    if not colon:
        raise click.BadParameter("name it as upheld rights fields does.", param_hint="--row")
    pk = click.UUID.convert(id, None, None)
    open_instance()
    from upheld.rights.corrections import proposing

    found = request(number)
    value = typed("Say what it should hold.")
    with officer(found) as by:
        proposing.propose(found, label=label, row=pk, field=field, value=value, by=by)
    click.echo(f"The person is asked. Until they answer, {found.number} waits for them.")
