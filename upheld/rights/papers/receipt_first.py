"""The receipts of before, `upheld-receipt/v1`: of erasures alone. Still read, written no more. Pure Python."""

from typing import Any
from uuid import UUID

from upheld.ledger.proofs import Proven
from upheld.policy.acts import Act
from upheld.rights.errors import ReceiptInvalid
from upheld.rights.papers.receipt_lines import NUMBER, TEXT, TIME, UUIDS, Line, moment, taken, written

HEADER = "upheld-receipt/v1"
SENTENCES = [
    "Erasure of everything held about one person. The keys that opened their data were destroyed first, so that",
    "no older copy can be read; then the rows were removed, and every store was read again.",
]
LINES: tuple[Line, ...] = (
    ("controller", 1, 1, TEXT),
    ("subject", 1, 1, UUIDS),
    ("asked", 1, 1, TIME),
    ("done", 1, 1, TIME),
    ("policy", 1, 1, "[0-9a-f]{64}"),
    ("entry", 1, 1, UUIDS),
    ("index", 1, 1, NUMBER),
    ("tree", 1, 1, NUMBER),
    ("removed", 1, 1, NUMBER),
    ("kept", 0, 1000, TEXT),
    ("found", 0, 1000, TEXT),
)


def read(lines: list[str]) -> dict[str, Any]:
    """What the lines say, as the fields of a receipt. Raises ValueError."""
    if lines[1:4] != [*SENTENCES, ""]:
        raise ValueError("sentences")
    said = taken(lines[4:], LINES)
    one = {key: said[key][0] for key, _least, most, _pattern in LINES if most == 1}
    return {
        "about": "erasure",
        "controller": one["controller"],
        "subject": UUID(one["subject"]),
        "state": "fulfilled",
        "asked": moment(one["asked"]),
        "done": moment(one["done"]),
        "policy": one["policy"],
        "entry": UUID(one["entry"]),
        "index": int(one["index"]),
        "tree": int(one["tree"]),
        "removed": int(one["removed"]),
        "kept": tuple(said["kept"]),
        "found": tuple(said["found"]),
    }


def agree(said: dict[str, Any], proven: Proven) -> None:
    """The entry that the proof shows is the one that the receipt names, and says the same. Raises ReceiptInvalid."""
    entry = proven.entry
    told = (str(said["entry"]), str(said["subject"]), said["index"], said["tree"], written(said["done"]))
    shown = (entry["id"], entry["subject"], proven.index, proven.checkpoint.size, entry["at"])
    if entry["act"] != Act.SUBJECT_SHRED:
        raise ReceiptInvalid("the entry that it proves is not an erasure")
    if told != shown or entry["facts"].get("rows") != said["removed"]:
        raise ReceiptInvalid("the entry that it proves says something else than the receipt")
