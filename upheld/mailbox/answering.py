"""What becomes of a letter, by what it says alone."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import IO

from upheld.mailbox.letter import Refused
from upheld.mailbox.reading import read
from upheld.mailbox.wants import Kind, Wants, wants

REQUESTS = frozenset(Kind) - {Kind.ORDER, Kind.OTHER}
REQUESTED, CONVERSATION, IGNORED, REFUSED = "requests", "conversation", "ignored", "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `upheld mailbox receive --json` prints. `reason` is codes, and never anything that the letter says."""

    outcome: str
    kinds: tuple[str, ...]
    language: str
    reason: str

    def told(self) -> dict[str, object]:
        return asdict(self) | {"kinds": list(self.kinds)}


def outcome(source: bytes | IO[bytes], *, own: Collection[str] = ()) -> Outcome:
    """Read a letter and say what would become of it. Changes nothing."""
    letter = read(source, own=own)
    if isinstance(letter, Refused):
        return Outcome(REFUSED, (), "und", letter.reason.value)
    found = wants(letter.text, letter.subject)
    if letter.is_automatic:
        return Outcome(IGNORED, (), found.language, letter.automatic)
    asked = REQUESTS.intersection(found.kinds)
    return Outcome(REQUESTED if asked else CONVERSATION, tuple(map(str, found.kinds)), found.language, reason(found))


def reason(found: Wants) -> str:
    """The rules that held, each once, or why none is believed: codes with spaces between."""
    rules = dict.fromkeys(f"{each.kind}:{each.code}" for each in found.evidence)
    return " ".join([*([found.unsure] if found.unsure else []), *rules]) or "nothing-recognised"
