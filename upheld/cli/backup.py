"""`upheld backup`: copies that open for nobody else."""

from pathlib import Path

import click

from upheld.cli.errors import CommandError


class NoPassphrase(CommandError):
    """{0} is empty: its first line is the passphrase."""


@click.command(name="backup", epilog="Example: upheld backup /mnt/backups --keys /mnt/safe")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--keys",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the key store's backup goes, apart from DIR.",
)
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Seal to the passphrase in the first line of this file. Without it, to backup.recipient, or to backup.key.",
)
def command(folder: Path, keys: Path | None, passphrase_file: Path | None) -> None:
    """Back the instance up into DIR, while it serves.

    Two files: the data, and what opens them; and the record of what happened, so that nobody who is erased later comes
    back with a restore. Both are sealed with age. Older ones are deleted after the days of the settings
    backup.keep_data and backup.keep_keys.
    """
    from upheld.cli.instance import open_instance

    home = open_instance()
    from upheld.backups import making
    from upheld.policy.actors import Actor

    made = making.make(
        folder.absolute(), by=Actor.operator(), keys=keys and keys.absolute(), passphrase=said(passphrase_file)
    )
    click.echo(f"Data: {made.data}\nKeys: {made.keys}")
    if made.dropped:
        click.echo(f"{made.dropped} older backups were deleted, as the settings say.")
    if not passphrase_file and not home.text("backup.recipient"):
        click.echo(f"They open with {home.backup_key}: keep a copy of it off this machine.")


def said(file: Path | None) -> str:
    """The passphrase in a file. Raises NoPassphrase."""
    if file is None:
        return ""
    first = (file.read_text("utf-8").splitlines() or [""])[0].strip()
    if not first:
        raise NoPassphrase(file)
    return first
