"""`upheld receipt`: check what a person was given when their data were deleted."""

from pathlib import Path

import click


@click.group(name="receipt", epilog="Example: upheld receipt verify receipt.txt --key KEY")
def command() -> None:
    """Check receipts of erasure."""


@command.command(epilog="Example: upheld receipt verify receipt.txt --key KEY")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", help="The public key, name+id+key. Without it, this instance's own.")
def verify(file: Path, key: str | None) -> None:
    """Check a receipt offline.

    FILE must be genuine by the public key alone.
    """
    from upheld.cli.ledger import own_key
    from upheld.rights import receipts

    receipt = receipts.verify(file.read_bytes(), key or own_key())
    click.echo(f"Genuine: {receipt}")
