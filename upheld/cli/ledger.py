"""`upheld ledger`: check the record of what happened."""

import json
from typing import TextIO

import click
from click.exceptions import Exit


@click.group(name="ledger", epilog="Example: upheld ledger verify")
def command() -> None:
    """Verify the record of what happened."""


@command.command(epilog="Example: upheld ledger verify --json")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(as_json: bool) -> None:
    """Recompute the whole ledger.

    Names the first entry, tile or checkpoint that does not fit, and exits 1 then.
    """
    from upheld import ledger
    from upheld.cli.instance import open_instance
    from upheld.cli.terminal import progress

    open_instance()
    with progress("Verifying entries") as told:
        found = ledger.verify(told)
    if as_json:
        result = {"ok": found.ok, "entries": found.entries, "problem": found.problem or None}
        click.echo(json.dumps(result, ensure_ascii=False))
    elif found.ok:
        click.echo(f"All {found.entries} entries fit what was signed.")
    else:
        click.echo(f"upheld: {found.problem}", err=True)
    raise Exit(0 if found.ok else 1)


@command.command(name="check-proof", epilog="Example: upheld ledger check-proof entry.tlog-proof --key KEY")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--key", help="The log's public key, name+id+key. Without it, this instance's own.")
def check_proof(file: TextIO, key: str | None) -> None:
    """Check a proof offline.

    The entry in FILE must stand in the log that the public key belongs to. Prints the entry.
    """
    from upheld import ledger

    proven = ledger.check_proof(read(file), key or own_key())
    click.echo(f"Entry {proven.index} of {proven.checkpoint.origin}, which had {proven.checkpoint.size} entries:")
    click.echo(json.dumps(proven.entry, indent=2, sort_keys=True, ensure_ascii=False))


@command.command(epilog="Example: upheld ledger sequence")
def sequence() -> None:
    """Give waiting entries their places.

    The worker does this every second.
    """
    from upheld import ledger
    from upheld.cli.instance import open_instance

    open_instance()
    newest = ledger.sequence()
    click.echo(newest.note if newest else "The ledger has no entry yet.", nl=not newest)


@command.command(epilog="Example: upheld ledger key")
def key() -> None:
    """Print the public key.

    Checkpoints, proofs and receipts are checked with it.
    """
    click.echo(own_key())


def own_key() -> str:
    from upheld import ledger
    from upheld.cli.instance import open_instance

    open_instance()
    return ledger.verifier_key()


def read(file: TextIO) -> str:
    """The text of a file that somebody handed us. Raises a usage error when it is none."""
    try:
        return file.read(1 << 20)
    except UnicodeDecodeError:
        raise click.BadParameter("it is not a text file.", param_hint="FILE") from None
