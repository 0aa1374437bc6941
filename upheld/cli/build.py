"""`upheld build`: numbered builds, and the stamps that say which one a file is."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upheld.cli import build_issue
from upheld.cli.errors import CommandError

if TYPE_CHECKING:
    from upheld.builds.payloads import Stamp

SAID = ("number", "signed", "product", "version", "platform", "site")


class NoStamp(CommandError):
    """This file has no stamp, and there is no side file next to it: {0}."""


@click.group(name="build", epilog="Example: upheld build read engine-1.2.3.zip")
def command() -> None:
    """Numbered builds of releases."""


command.add_command(build_issue.issue)


@command.command(epilog="Example: upheld build read engine-1.2.3.zip --json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", help="The public key, name+id+key. Without it, this instance's own.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def read(file: Path, key: str | None, as_json: bool) -> None:
    """Say which build FILE is.

    It is read from its stamp, or from the side file next to it. Exits 1 when it has neither. A stamp that the key did
    not sign is shown too, and is said not to be: anybody can write one.
    """
    from upheld.cli.ledger import own_key
    from upheld.ledger.notes import Verifier

    trusted = Verifier.parse(key or own_key())
    from upheld.builds import stamps  # once the instance is open, if it is this one's key

    try:
        stamp = stamps.read(file, trusted=trusted)
    except OSError as error:
        raise click.BadParameter(f"it cannot be read: {error.strerror}.", param_hint="FILE") from None
    if stamp is None:
        raise NoStamp(file.name)
    click.echo(json.dumps({name: getattr(stamp, name) for name in SAID}) if as_json else _sentence(stamp))


def _sentence(stamp: "Stamp") -> str:
    about = f"{stamp.number}: {stamp.product} {stamp.version} for {stamp.platform}, from {stamp.site}."
    return about if stamp.signed else f"{about}\nNot signed by this key: it may have been made up."
