"""`upheld build issue`: a build of a release for somebody who signed up."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upheld.cli.errors import CommandError
from upheld.cli.instance import open_instance
from upheld.cli.terminal import typed

if TYPE_CHECKING:
    from uuid import UUID


class NobodySignedUp(CommandError):
    """Nobody has signed up with this address. A build is given to an account alone: have them sign up first."""


@click.command(epilog="Example: upheld build issue engine@1.2.3@linux-x64 --out builds < address.txt")
@click.argument("release")
@click.option(
    "--to", "address", help="The address that they signed up with. Without it, it is read from standard input."
)
@click.option("--handed-on", is_flag=True, help="They hand it on to people who never signed up: reports are theirs.")
@click.option(
    "--out", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Put the stamped file into FOLDER."
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def issue(release: str, address: str | None, handed_on: bool, out: Path | None, as_json: bool) -> None:
    """Give a build of RELEASE to somebody who signed up, and print its number.

    RELEASE is an id, or product@version@platform. An address in a command line stands in the shell's history: from
    standard input it does not.
    """
    open_instance()
    from upheld.builds import issuing, releases
    from upheld.policy.actors import Actor

    found = releases.find(release)
    whose = _account(address or typed("Type the address that they signed up with."))
    given = issuing.issue(found, to=whose, by=Actor.operator(), handed_on=handed_on)
    file = issuing.stamped(given, out) if out else None
    if as_json:
        said = {"number": given.number, "release": str(found.pk), "handed_on": handed_on}
        click.echo(json.dumps(said | ({"file": str(file)} if file else {})))
        return
    click.echo(f"{given.number}: {found}." + (f" It is in {file}." if file else ""))


def _account(address: str) -> "UUID":
    from upheld import vault
    from upheld.accounts.models import account_of
    from upheld.contact.addresses import read
    from upheld.contact.models import Address

    known = vault.find(Address, "email", read(address.strip()))
    if known is None or account_of(known.subject) is None:
        raise NobodySignedUp
    subject: UUID = known.subject
    return subject
