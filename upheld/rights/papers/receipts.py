"""What a person holds in their hand about something that they asked of us. The format is `docs/spec/receipt.md`.

A signed note (c2sp.org/signed-note) whose text says what was asked, done and kept, ending in the proof
(c2sp.org/tlog-proof) that the ledger holds the entry which says so. Signature and proof are checked with the log's
public key alone. Pure Python.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from upheld import ledger
from upheld.ledger import proofs
from upheld.ledger.errors import BadNote, BadProof
from upheld.ledger.notes import DASH, Signer, Verifier, open_note
from upheld.rights.errors import ReceiptInvalid
from upheld.rights.papers import receipt_first, receipt_lines
from upheld.rights.papers.receipt_lines import Step

HEADER = receipt_lines.HEADER
MOST = 100_000  # bytes: a receipt is a page, not a book
READERS: dict[str, Any] = {each.HEADER: each for each in (receipt_first, receipt_lines)}
NO_RECEIPT = "it is not a receipt of this kind"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the receipt says; `text` is the whole file."""

    about: str  # one of receipt_lines.ABOUT
    controller: str
    subject: UUID
    state: str
    asked: datetime
    policy: str  # the SHA-256 digest of the policy in force
    entry: UUID
    index: int
    tree: int  # the number of entries in the log that was signed
    text: str
    item: str = ""  # of the deletion of one row: its label and id
    request: UUID | None = None
    number: str = ""
    steps: tuple[Step, ...] = ()
    done: datetime | None = None
    removed: int | None = None  # rows, of an erasure that is done
    did: tuple[str, ...] = ()  # how many entries of the ledger name the request, by act
    kept: tuple[str, ...] = ()  # in words: what, until when, why
    told: tuple[str, ...] = ()  # recipient, what of, what it answered, how many matters
    found: tuple[str, ...] = ()  # what was found when every store was read again

    @property
    def filename(self) -> str:
        return f"receipt-{self.number or self.subject}.txt"

    @property
    def clean(self) -> bool:
        """Whether nothing was found afterwards but what is kept by declaration."""
        return all(line.startswith("0 ") for line in self.found)

    def __str__(self) -> str:
        return f"{self._what()}; entry {self.index} of a log of {self.tree}."

    def _what(self) -> str:
        if self.removed is not None and self.done:
            kept = f", {len(self.kept)} kept by law" if self.kept else ""
            return f"everything about {self.subject} was erased on {self.done:%Y-%m-%d} by {self.controller}{kept}"
        if self.item and self.done:
            return f"{self.item} of {self.subject} was deleted on {self.done:%Y-%m-%d} by {self.controller}"
        named = " ".join(filter(None, (self.number, f"({self.about})")))
        return f"request {named} to {self.controller} is {self.state} since {self.steps[-1].at:%Y-%m-%d}"


def write(values: dict[str, object], *, sentences: Sequence[str], proof: str, signer: Signer) -> str:
    """The file. `values` are those of `receipt_lines.LINES`; times are datetimes in UTC."""
    return signer.sign(receipt_lines.write(values, sentences=sentences) + "\n\n" + proof)


def verify(data: bytes, vkey: str | None = None) -> Receipt:
    """Check a receipt offline with a log's public key (`name+id+key`), by default this instance's.

    Raises ReceiptInvalid, whose text is one sentence, for any file that is not, byte for byte, a receipt that the
    key's holder signed, with an entry of the signed log that says the same.
    """
    if len(data) > MOST:
        raise ReceiptInvalid("it is larger than any receipt")
    try:
        verifier = Verifier.parse(vkey or ledger.verifier_key())
        whole = data.decode()
        text = open_note(whole, verifier)
        _one_signature(whole.removeprefix(text))
        head, mark, rest = text.partition("\n\n" + proofs.HEADER + "\n")
        proven = proofs.check_proof(mark.lstrip("\n") + rest, verifier)
        _one_way(rest, proven.entry)
        lines = head.split("\n")
        reader = READERS[lines[0]]
        said = reader.read(lines)
        reader.agree(said, proven)
    except (BadNote, BadProof) as error:
        raise ReceiptInvalid(str(error)[:1].lower() + str(error)[1:].rstrip(".")) from error
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ):  # also of a signed entry that lacks what entries have
        raise ReceiptInvalid(NO_RECEIPT) from None
    return Receipt(**said, text=whole)


def _one_signature(lines: str) -> None:
    """The signature stands alone and in the one way to write it, so that not a byte of the file can differ."""
    encoded = lines.rpartition(" ")[2].removesuffix("\n")
    if lines.count("\n") != 2 or not _is_one_way(encoded):
        raise BadNote("it was altered after it was signed")


def _one_way(proof: str, entry: dict[str, Any]) -> None:
    """What the proof carries is written in the one way that every reader of JSON and base64 takes for the same. Raises
    ValueError."""
    head, _, note = proof.partition("\n\n")
    extra, _, *path = head.split("\n")
    encoded = [extra.removeprefix("extra "), *path, note.split("\n")[2]]
    encoded += [line.rpartition(" ")[2] for line in note.split("\n") if line.startswith(DASH)]
    if not all(map(_is_one_way, encoded)):
        raise ValueError("base64")
    carried = base64.b64decode(encoded[0])
    parts = json.loads(carried)
    body = base64.b64decode(parts["body"])
    if not _is_json(carried) or not _is_json(body) or not all(_is_one_way(parts[key]) for key in ("body", "salt")):
        raise ValueError("json")
    if set(parts) != {"body", "salt"} or not _is_entry(entry):
        raise ValueError("members")


def _is_entry(entry: Any) -> bool:
    """Whether it has the members of an entry, each of its kind (docs/spec/ledger.md)."""
    if set(entry) != {"act", "at", "by", "facts", "id", "subject", "v"}:
        return False
    texts = [entry["act"], entry["at"], entry["id"], *entry["by"].values(), entry["subject"] or ""]
    facts = [each for value in entry["facts"].values() for each in (value if isinstance(value, list) else [value])]
    return (
        all(isinstance(each, str) for each in texts)
        and all(each is None or isinstance(each, str | int) for each in facts)
        and (type(entry["v"]), entry["v"]) == (int, 1)
        and not isinstance(entry["facts"].get("rows"), bool)
    )


def _is_one_way(encoded: str) -> bool:
    return base64.b64encode(base64.b64decode(encoded, validate=True)).decode() == encoded


def _is_json(data: bytes) -> bool:
    """RFC 8785, of ASCII text and integers."""
    parsed = json.loads(data, parse_float=_refuse, parse_constant=_refuse, parse_int=_integer)
    return (
        data.isascii()
        and json.dumps(parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == data
    )


def _refuse(text: str) -> object:
    raise ValueError(text)


def _integer(text: str) -> int:
    number = int(text)
    if abs(number) >= 2**53 or str(number) != text:
        raise ValueError(text)
    return number
