"""Checkpoints (c2sp.org/tlog-checkpoint): the log's size and root, signed. Pure Python."""

import base64
import binascii
import re
from dataclasses import dataclass

from upheld.ledger.errors import BadNote
from upheld.ledger.notes import Signer, Verifier, open_note

# What a receipt's text begins with (docs/spec/receipt.md). The same key signs receipts, so no log may bear such a name.
RECEIPTS = ("upheld-receipt/v1", "upheld-receipt/v2")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint: `origin` names the log, `note` is the whole signed text."""

    origin: str
    size: int
    root: bytes
    note: str


def sign(size: int, root: bytes, signer: Signer) -> Signed:
    if signer.name in RECEIPTS:
        raise BadNote(f"a log cannot be called {signer.name}")
    text = f"{signer.name}\n{size}\n{base64.b64encode(root).decode()}\n"
    return Signed(signer.name, size, root, signer.sign(text))


def read(note: str, verifier: Verifier) -> Signed:
    """Raises BadNote when the log that `verifier` names did not sign it, or it is no checkpoint of that log."""
    origin, size, root, *_ = [*open_note(note, verifier).split("\n"), "", ""]
    try:
        hashed = base64.b64decode(root, validate=True)
    except (ValueError, binascii.Error):
        hashed = b""
    if origin != verifier.name or not _SIZE.fullmatch(size) or len(hashed) != 32:
        raise BadNote("it is not a checkpoint of this log")
    return Signed(origin, int(size), hashed, note)
