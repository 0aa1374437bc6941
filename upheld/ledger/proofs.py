"""A person's proof that an entry is in the log (c2sp.org/tlog-proof), and its check, which needs no server."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

from upheld.ledger import checkpoints, merkle
from upheld.ledger.checkpoints import Signed
from upheld.ledger.entries import SALT, leaf, read_body
from upheld.ledger.errors import BadNote, BadProof
from upheld.ledger.notes import Verifier

HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
MOST_HASHES = 64


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof shows: this entry stands at `index` of the log that signed `checkpoint`."""

    index: int
    checkpoint: Signed
    entry: dict[str, Any]


def write(*, salt: bytes, body: bytes, index: int, path: list[bytes], checkpoint: Signed) -> str:
    """The `extra` line carries what the public log only commits to: the salt and the entry."""
    extra = json.dumps({"body": _b64(body), "salt": _b64(salt)}, sort_keys=True, separators=(",", ":"))
    lines = [HEADER, f"extra {_b64(extra.encode())}", f"index {index}", *map(_b64, path), "", checkpoint.note]
    return "\n".join(lines)


def check_proof(text: str, key: str | Verifier) -> Proven:
    """Check a proof with the log's public key alone. Raises BadProof with what does not fit."""
    verifier = Verifier.parse(key) if isinstance(key, str) else key
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    index = _INDEX.fullmatch(lines[2]) if len(lines) > 2 else None
    if lines[0] != HEADER or index is None or not lines[1].startswith("extra ") or len(lines) > 3 + MOST_HASHES:
        raise BadProof("it is not a proof of an entry of this kind of log")
    try:
        checkpoint = checkpoints.read(note, verifier)
        extra = json.loads(_bytes(lines[1].removeprefix("extra ")))
        salt, body = _bytes(extra["salt"]), _bytes(extra["body"])
        path = [_bytes(line) for line in lines[3:]]
        if len(salt) != SALT:  # else bytes could move between salt and entry, and the leaf would be the same
            raise ValueError(salt)
        entry = read_body(body)
    except BadNote as error:
        raise BadProof(str(error)) from error
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadProof("a part of it is damaged") from None
    place = int(index[1])
    if merkle.root_of_inclusion(leaf(salt, body), place, checkpoint.size, path) != checkpoint.root:
        raise BadProof(f"the entry is not number {place} of the log that was signed")
    return Proven(place, checkpoint, entry)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
