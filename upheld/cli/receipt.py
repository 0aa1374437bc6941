"""`upheld receipt`: check what a person was given about something that they asked for."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

if TYPE_CHECKING:
    from upheld.rights.papers.receipts import Receipt

SAID = ("about", "controller", "subject", "number", "state", "policy", "entry", "index", "tree", "removed")
LISTS = ("did", "kept", "told", "found")


@click.group(name="receipt", epilog="Example: upheld receipt verify receipt.txt --key KEY")
def command() -> None:
    """Check receipts of requests and erasures."""


@command.command(epilog="Example: upheld receipt verify receipt.txt --key KEY")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--key", help="The public key, name+id+key. Without it, this instance's own.")
@click.option("--json", "as_json", is_flag=True, help="Print what it says, or why it does not hold, as JSON.")
def verify(file: Path, key: str | None, as_json: bool) -> None:
    """Check a receipt offline.

    FILE must be genuine by the public key alone; - reads standard input. Exits 1 when it is not.
    """
    from upheld.cli.ledger import own_key
    from upheld.rights.errors import ReceiptInvalid
    from upheld.rights.papers import receipts

    key = key or own_key()
    try:
        receipt = receipts.verify(_read(file, receipts.MOST + 1), key)
    except ReceiptInvalid as refused:
        if not as_json:
            raise
        click.echo(json.dumps({"ok": False, "why": str(refused)}, ensure_ascii=False))
        raise Exit(1) from None
    click.echo(json.dumps(_as_json(receipt), ensure_ascii=False) if as_json else f"Genuine: {receipt}")


def _read(file: Path, most: int) -> bytes:
    """So much of it that one which is too large is seen to be, and no more."""
    if str(file) == "-":
        return sys.stdin.buffer.read(most)
    try:
        with file.open("rb") as opened:
            return opened.read(most)
    except OSError as error:
        raise click.BadParameter(f"it cannot be read: {error.strerror}.", param_hint="FILE") from None


def _as_json(receipt: "Receipt") -> dict[str, object]:
    from upheld.rights.papers.receipt_lines import written

    plain = {name: value if isinstance(value := getattr(receipt, name), int) else str(value or "") for name in SAID}
    times = {name: written(value) if (value := getattr(receipt, name)) else "" for name in ("asked", "done")}
    lists = {name: list(getattr(receipt, name)) for name in LISTS}
    more = {"item": receipt.item, "request": str(receipt.request or ""), "steps": list(map(str, receipt.steps))}
    said: dict[str, object] = {**plain, **times, **lists, **more}
    return {"ok": True} | {name: value for name, value in said.items() if value not in ("", [])}
