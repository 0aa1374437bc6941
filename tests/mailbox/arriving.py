"""Letters that arrive, and somewhere for them to go that remembers them."""

from dataclasses import dataclass, field

import pytest

from upheld.mailbox.answering import CONVERSATION, Outcome
from upheld.mailbox.authentic import Handed
from upheld.mailbox.intake import taking

QUIET = Outcome(CONVERSATION, ("other",), "en", "nothing-recognised")


def letter(number: int = 1, *, text: str = "Hello.") -> bytes:
    """A plain letter. Its lines end as the network has them, as IMAP servers keep them."""
    return (
        f"From: ada@example.org\r\nTo: privacy@example.org\r\nSubject: Letter {number}\r\n"
        f"Message-ID: <{number}@example.org>\r\nDate: Mon, 23 Nov 2026 08:00:00 +0000\r\n\r\n{text}\r\n"
    ).encode()


@dataclass
class Room:
    """In place of the room where letters are taken: whatever comes is kept here, or fails."""

    taken: list[bytes] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    handed: list[Handed | None] = field(default_factory=list)
    fails: set[bytes] = field(default_factory=set)
    outcome: Outcome = QUIET

    def receive(self, raw: bytes, *, way: str, handed: Handed | None = None) -> Outcome:
        if any(each in raw for each in self.fails):
            raise ValueError("ada@example.org wrote something")
        self.taken.append(raw)
        self.ways.append(way)
        self.handed.append(handed)
        return self.outcome

    @classmethod
    def put(cls, monkeypatch: pytest.MonkeyPatch) -> "Room":
        room = cls()
        monkeypatch.setattr(taking, "receive", room.receive)
        return room
