"""What a person holds in their hand after an erasure. The format is `docs/spec/receipt.md`. Pure Python.

A signed note (c2sp.org/signed-note) whose text says what was done, ending in the proof (c2sp.org/tlog-proof) that the
ledger holds the entry which says so. Signature and proof are checked with the log's public key alone.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from upheld import ledger
from upheld.ledger import proofs
from upheld.ledger.errors import BadNote, BadProof
from upheld.ledger.notes import Signer, Verifier, open_note
from upheld.policy.acts import Act
from upheld.rights.errors import ReceiptInvalid

HEADER = "upheld-receipt/v1"
MOST = 100_000  # bytes: a receipt is a page, not a book
KEYS = ("controller", "subject", "asked", "done", "policy", "entry", "index", "tree", "removed")
REPEATED = ("kept", "found")
_LINE = re.compile(r"([a-z]+): (.*)")
_SAID = """\
Erasure of everything held about one person. The keys that opened their data were destroyed first, so that
no older copy can be read; then the rows were removed, and every store was read again."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the receipt says; `text` is the whole file."""

    controller: str
    subject: UUID
    asked: datetime
    done: datetime
    policy: str  # the SHA-256 digest of the policy in force
    entry: UUID
    index: int
    tree: int  # the number of entries in the log that was signed
    removed: int  # rows
    kept: tuple[str, ...]  # in words: what, until when, why
    found: tuple[str, ...]  # what was found when every store was read again
    text: str

    @property
    def filename(self) -> str:
        return f"receipt-{self.subject}.txt"

    @property
    def clean(self) -> bool:
        """Whether nothing was found afterwards but what is kept by declaration."""
        return all(line.startswith("0 ") for line in self.found)

    def __str__(self) -> str:
        kept = f", {len(self.kept)} kept by law" if self.kept else ""
        return (
            f"everything about {self.subject} was erased on {self.done:%Y-%m-%d} by {self.controller}{kept}; "
            f"entry {self.index} of a log of {self.tree}."
        )


def write(facts: dict[str, object], *, kept: Iterable[str], found: Iterable[str], proof: str, signer: Signer) -> str:
    """The file. `facts` has a value for each of `KEYS`; times are datetimes in UTC."""
    lines = [HEADER, _SAID, ""]
    lines += [f"{key}: {_written(facts[key])}" for key in KEYS]
    lines += [f"kept: {_written(line)}" for line in kept] + [f"found: {_written(line)}" for line in found]
    return signer.sign("\n".join(lines) + "\n\n" + proof)


def verify(data: bytes, vkey: str | None = None) -> Receipt:
    """Check a receipt offline with a log's public key (`name+id+key`), by default this instance's.

    Raises ReceiptInvalid, whose text is one sentence, for any file that is not, byte for byte, a receipt that the
    key's holder signed, with an entry of the signed log that says the same.
    """
    if len(data) > MOST:
        raise ReceiptInvalid("it is larger than any receipt")
    try:
        verifier = Verifier.parse(vkey or ledger.verifier_key())
        text = open_note(data.decode(), verifier)
        _one_signature(data.decode().removeprefix(text))
        head, mark, rest = text.partition("\n\n" + proofs.HEADER + "\n")
        proven = proofs.check_proof(mark.lstrip("\n") + rest, verifier)
        receipt = _read(head, data.decode())
    except (BadNote, BadProof) as error:
        raise ReceiptInvalid(str(error)[:1].lower() + str(error)[1:].rstrip(".")) from error
    except (UnicodeDecodeError, ValueError, KeyError):
        raise ReceiptInvalid("it is not a receipt of this kind") from None
    _agree(receipt, proven)
    return receipt


def _one_signature(lines: str) -> None:
    """The signature stands alone and in the one way to write it, so that not a byte of the file can differ."""
    encoded = lines.rpartition(" ")[2].removesuffix("\n")
    if lines.count("\n") != 2 or base64.b64encode(base64.b64decode(encoded)).decode() != encoded:
        raise BadNote("it was altered after it was signed")


def _read(head: str, text: str) -> Receipt:
    lines = head.split("\n")
    if lines[0] != HEADER:
        raise ValueError(lines[0])
    pairs = [match.groups() for match in map(_LINE.fullmatch, lines) if match]
    said = {key: value for key, value in pairs if key in KEYS}
    return Receipt(
        controller=said["controller"],
        subject=UUID(said["subject"]),
        asked=datetime.fromisoformat(said["asked"]),
        done=datetime.fromisoformat(said["done"]),
        policy=said["policy"],
        entry=UUID(said["entry"]),
        index=int(said["index"]),
        tree=int(said["tree"]),
        removed=int(said["removed"]),
        kept=tuple(value for key, value in pairs if key == "kept"),
        found=tuple(value for key, value in pairs if key == "found"),
        text=text,
    )


def _agree(receipt: Receipt, proven: proofs.Proven) -> None:
    """The entry that the proof shows is the one that the receipt names, and says the same."""
    entry = proven.entry
    said = (str(receipt.entry), str(receipt.subject), receipt.index, receipt.tree, receipt.done, receipt.removed)
    shown = (entry["id"], entry["subject"], proven.index, proven.checkpoint.size)
    if entry["act"] != Act.SUBJECT_SHRED:
        raise ReceiptInvalid("the entry that it proves is not an erasure")
    if said != (*shown, datetime.fromisoformat(entry["at"]), entry["facts"]["rows"]):
        raise ReceiptInvalid("the entry that it proves says something else than the receipt")


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return " ".join(str(value).split())
