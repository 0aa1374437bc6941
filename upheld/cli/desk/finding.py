"""Finding what somebody wrote or called about."""

import json

import click

from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.cli.staff import at_desk
from upheld.cli.terminal import table, typed


class NothingFound(CommandError):
    """Nothing was found: ask for the number once more, or for the whole address."""


@click.command(epilog="Example: echo 7KQ4M-X2P9D | upheld desk find")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def find(as_json: bool) -> None:
    """Find an order, a conversation, a request or a person.

    What they told you is read from standard input, whole: an e-mail address, a number, or a parcel's tracking number.
    Each search is on record.
    """
    open_instance()
    from upheld.cases import finding

    found = finding.find(typed("Type the number or address, as they gave it."), by=at_desk())
    if not found:
        raise NothingFound
    rows = [{"thing": each.thing, "number": each.number, "cases": list(each.kinds)} for each in found]
    if as_json:
        click.echo(json.dumps({"found": rows}))
        return
    table(("what", "number", "you may work on it as"), [(f.thing, f.number, ", ".join(f.kinds)) for f in found])
