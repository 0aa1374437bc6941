"""`upheld restore`: an instance from its backup."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from upheld.home import Home

if TYPE_CHECKING:
    from upheld.backups.opening import Backup
    from upheld.backups.restoring import Restored

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PLACE = click.Path(exists=True, path_type=Path)


@click.command(name="restore", epilog="Example: upheld restore /mnt/backups --keys /mnt/safe")
@click.argument("place", metavar="DIR", type=PLACE)
@click.option("--keys", type=PLACE, help="Where the key store's backup is, when it is not in DIR.")
@click.option("--record", type=PLACE, help="A newer record of what happened: the folder record of another place.")
@click.option("--identity", type=FILE, envvar="UPHELD_BACKUP_IDENTITY", help="The age identity that opens the backup.")
@click.option("--passphrase-file", type=FILE, help="The passphrase that opens it, in the first line of this file.")
def command(
    place: Path, keys: Path | None, record: Path | None, identity: Path | None, passphrase_file: Path | None
) -> None:
    """Put a backup back into the instance of UPHELD_HOME, or into an empty folder.

    DIR is a folder with backups, of which the newest is taken, or one file with data. Stop the server first.
    Everything is checked before anything is changed. Then what happened since is done again: whoever was erased stays
    erased, and whoever refused news stays unasked. Only then can the instance be served. Safe to repeat.
    """
    from upheld.backups import locks, opening
    from upheld.cli.backup import said

    home = Home.here()
    backup = opening.open_both(
        home, place.absolute(), keys and keys.absolute(), identity=identity, passphrase=said(passphrase_file)
    )
    with opening.whole_or_not_at_all(home):
        home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locks.alone(home):
            done = put_back(home, backup, record, identity)
    tell(backup, done)
    tell_key(Home.here(), passphrase_file)


def put_back(home: Home, backup: "Backup", record: Path | None, identity: Path | None) -> "Restored":
    from upheld.backups import opening
    from upheld.cli.instance import set_up

    if not home.exists:
        opening.begin(home, backup, opening.CHECKING)
        opening.settle(home, backup)
        home = Home.here()  # read anew: its settings are there now
    set_up(home)
    from upheld.backups import restoring
    from upheld.policy.actors import Actor

    return restoring.restore(backup, by=Actor.operator(), records=[record] if record else [], identity=identity)


def tell(backup: "Backup", done: "Restored") -> None:
    data, keys = (f"{each.manifest.at:%Y-%m-%d %H:%M:%S} UTC" for each in (backup.data, backup.keys))
    click.echo(f"Put back: the data of {data}, and the keys of {keys}.")
    click.echo(f"{done.keys} keys came back.")
    for line in done.replayed.lines():
        click.echo(line)
    if done.unopenable:
        click.echo(f"{done.unopenable} rows cannot be opened: their keys were made after that copy of the key store.")
    click.echo("It can be served. Look first: upheld verify, then upheld payments reconcile.")


def tell_key(home: Home, passphrase_file: Path | None) -> None:
    """What the next backup is sealed to, if it is not what opened this one."""
    from upheld.backups.errors import NoKey

    if not home.backup_key.exists() and not home.text("backup.recipient"):
        click.echo(str(NoKey(home.backup_key)))
        if passphrase_file:
            click.echo("Or seal backups to the passphrase: upheld backup DIR --passphrase-file FILE.")
