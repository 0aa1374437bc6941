"""The lines of a receipt, `upheld-receipt/v2`: which there are, in which order, and the one way to write each.

`docs/spec/receipt.md` is the format; `upheld/web/static/js/receipt.js` reads the same. Pure Python.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from upheld.ledger.proofs import Proven
from upheld.policy.acts import Act
from upheld.rights.errors import ReceiptInvalid

HEADER = "upheld-receipt/v2"
ABOUT = ("access", "concern", "erasure", "item", "objection", "opt_out", "rectification", "restriction")
UNDER_WAY = ("open", "need_user_verification", "in_progress", "on_hold")
ENDS = ("fulfilled", "partly_fulfilled", "revoked", "denied", "expired")
DONE = ENDS[:2]
SENTENCES = 20  # at most, before the lines

UUIDS = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TIME = "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z"
NUMBER = "(?:0|[1-9][0-9]{0,14})"
CODE = "[a-z][a-z0-9_]{0,39}"
RECIPIENT = "(?=[a-z0-9_.]{1,40} )[a-z][a-z0-9_]*(?:[.][a-z][a-z0-9_]*)*"  # as a policy names them
_STATE = "|".join(UNDER_WAY + ENDS)
# Nothing that is not seen, or that turns what is seen around: controls, and the marks of lines and directions.
_HIDDEN = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
TEXT = "[^ ]+(?: [^ ]+)*"

Line = tuple[str, int, int, str]  # name, how many there are at least and at most, and the pattern of the value

LINES: tuple[Line, ...] = (
    ("about", 1, 1, "|".join(ABOUT)),
    ("controller", 1, 1, TEXT),
    ("subject", 1, 1, UUIDS),
    ("item", 0, 1, f"{CODE}:{UUIDS}"),
    ("request", 0, 1, UUIDS),
    ("number", 0, 1, "[A-Z0-9-]{1,12}"),
    ("state", 1, 1, _STATE),
    ("asked", 1, 1, TIME),
    ("step", 1, 500, f"{TIME} (?:{_STATE})(?: {CODE})?"),
    ("done", 0, 1, TIME),
    ("removed", 0, 1, NUMBER),
    ("did", 0, 100, f"{CODE}(?::{CODE}){{2}} {NUMBER}"),
    ("kept", 0, 100, TEXT),
    ("told", 0, 100, f"{RECIPIENT} {CODE} {CODE} {NUMBER}"),
    ("found", 0, 50, f"{NUMBER} {TEXT}"),
    ("policy", 1, 1, "[0-9a-f]{64}"),
    ("entry", 1, 1, UUIDS),
    ("index", 1, 1, NUMBER),
    ("tree", 1, 1, NUMBER),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on it was in this state, for this reason: codes of `upheld.rights.reasons`, which may be empty."""

    at: datetime
    state: str
    reason: str = ""

    @classmethod
    def read(cls, text: str) -> "Step":
        at, state, reason = [*text.split(" "), ""][:3]
        return cls(moment(at), state, reason)

    def __str__(self) -> str:
        return " ".join(filter(None, (written(self.at), self.state, self.reason)))


def write(values: dict[str, object], *, sentences: Sequence[str]) -> str:
    """Everything before the proof. `values` has a value for each line that there is, and a list where there may be
    several."""
    lines = [HEADER, *map(written, sentences), ""]
    for key, _least, most, _pattern in LINES:
        value = values.get(key)
        listed: Any = value if most > 1 else [value]
        lines += [f"{key}: {written(each)}" for each in listed or () if each is not None]
    return "\n".join(lines)


def read(lines: list[str]) -> dict[str, Any]:
    """What the lines say, as the fields of a receipt. Raises ValueError for whatever is not written in the one way."""
    if any(_HIDDEN.search(line) for line in lines):
        raise ValueError("hidden")
    blank = lines.index("")
    sentences, body = lines[1:blank], lines[blank + 1 :]
    if not 0 < len(sentences) <= SENTENCES or not all(re.fullmatch(TEXT, each) for each in sentences):
        raise ValueError("sentences")
    return _fields(taken(body, LINES))


def taken(body: list[str], table: Sequence[Line]) -> dict[str, list[str]]:
    """The values of each line, where they are the lines of this table in its order. Raises ValueError."""
    said, at = {}, 0
    for key, least, most, pattern in table:
        values: list[str] = []
        while at < len(body) and body[at].startswith(f"{key}: "):
            values.append(_value(body[at].removeprefix(f"{key}: "), pattern))
            at += 1
        if not least <= len(values) <= most:
            raise ValueError(key)
        said[key] = values
    if at != len(body):
        raise ValueError(body[at])
    return said


def _value(text: str, pattern: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError(text)
    return text


def _fields(said: dict[str, list[str]]) -> dict[str, Any]:
    one = {key: (said[key] or [""])[0] for key, _least, most, _pattern in LINES if most == 1}
    found: dict[str, Any] = {
        **{key: one[key] for key in ("about", "controller", "item", "number", "state", "policy")},
        **{key: tuple(said[key]) for key in ("did", "kept", "told", "found")},
        "subject": UUID(one["subject"]),
        "request": UUID(one["request"]) if one["request"] else None,
        "asked": moment(one["asked"]),
        "steps": tuple(map(Step.read, said["step"])),
        "done": moment(one["done"]) if one["done"] else None,
        "removed": int(one["removed"]) if one["removed"] else None,
        "entry": UUID(one["entry"]),
        "index": int(one["index"]),
        "tree": int(one["tree"]),
    }
    _fit(found)
    return found


def _fit(said: dict[str, Any]) -> None:
    """The lines fit one another. Raises ValueError."""
    steps = said["steps"]
    last = steps[-1]
    wrong = (
        said["asked"] != steps[0].at,
        said["state"] != last.state or any(step.state in ENDS for step in steps[:-1]),
        said["done"] != (last.at if last.state in ENDS else None),
        bool(said["item"]) != (said["about"] == "item"),
        bool(said["number"]) > bool(said["request"]),
        *(list(said[key]) != sorted(set(said[key])) for key in ("did", "kept", "told")),
        said["request"] is None and said["about"] not in ("erasure", "item"),
        (said["removed"] is not None) > (said["about"] == "erasure" and said["state"] in DONE),
        said["about"] == "item" and (said["request"] is not None or said["state"] not in DONE),
        said["request"] is None and said["about"] == "erasure" and said["removed"] is None,
        bool(said["found"]) != (said["removed"] is not None or said["about"] == "item"),
    )
    if any(wrong):
        raise ValueError("the lines do not fit one another")


def agree(said: dict[str, Any], proven: Proven) -> None:
    """The entry that the proof shows is the one that the receipt names, and says the same. Raises ReceiptInvalid."""
    entry = proven.entry
    facts, last = entry["facts"], said["steps"][-1]
    told = (str(said["entry"]), str(said["subject"]), said["index"], said["tree"], written(last.at))
    shown = (entry["id"], entry["subject"], proven.index, proven.checkpoint.size, entry["at"])
    if said["about"] == "item":
        wanted: tuple[Act, ...] = (Act.ROW_REMOVE,)
        same = facts.get("row") == said["item"]
    elif said["removed"] is not None:
        wanted, same = (Act.SUBJECT_SHRED,), facts.get("rows") == said["removed"]
    else:
        wanted = (Act.REQUEST_OPEN, Act.REQUEST_CONFIRM, Act.REQUEST_STEP)
        named = (f"request:{said['request']}", said["about"], last.state, last.reason or None)
        same = named == tuple(facts.get(key) for key in ("request", "right", "state", "reason"))
    if entry["act"] not in wanted:
        raise ReceiptInvalid("the entry that it proves is about something else")
    if told != shown or not same:
        raise ReceiptInvalid("the entry that it proves says something else than the receipt")


def moment(text: str) -> datetime:
    """RFC 3339 in UTC with milliseconds, and no other way to write it. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if written(found) != text:
        raise ValueError(text)
    return found


def written(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return " ".join(_HIDDEN.sub(" ", str(value)).split())
