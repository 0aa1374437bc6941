"""Entries as a record keeps them: what each says and its salt, 256 to a file (docs/spec/backup.md). Pure Python."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from upheld.ledger.entries import SALT, leaf, says
from upheld.ledger.publishing import TilePath, spell
from upheld.ledger.tree import WIDTH

LENGTH = 4  # bytes that say how long an entry is, big-endian


@dataclass(frozen=True)
class Said:
    """One entry of the log, with what opens its commitment."""

    index: int
    salt: bytes
    body: bytes

    @property
    def leaf(self) -> bytes:
        return leaf(self.salt, self.body)

    @cached_property
    def parsed(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    @property
    def id(self) -> UUID:
        return UUID(self.parsed["id"])

    @property
    def act(self) -> str:
        return str(self.parsed["act"])

    @property
    def subject(self) -> UUID | None:
        return UUID(self.parsed["subject"]) if self.parsed["subject"] else None

    @property
    def whole(self) -> bool:
        """Whether its columns would say what it says: the body is canonical."""
        subject = str(self.subject) if self.subject else None
        return says(self.body, id=str(self.id), act=self.act, subject=subject)


def pack(entries: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Salt, length and body, one entry after another."""
    return b"".join(salt + len(body).to_bytes(LENGTH, "big") + body for salt, body in entries)


def unpack(data: bytes, *, first: int) -> Iterator[Said]:
    """Raises ValueError for anything but whole entries."""
    at, index = 0, first
    while at < len(data):
        body = at + SALT + LENGTH
        end = body + int.from_bytes(data[at + SALT : body], "big")
        if body > len(data) or end > len(data):
            raise ValueError("an entry is cut off")
        yield Said(index, data[at : at + SALT], data[body:end])
        at, index = end, index + 1


def name(block: int, size: int) -> str:
    """The path of the entries of this block in a record of a log of `size`: beside the tiles, and named as they are."""
    return spell(TilePath(None, block, width(block, size))).replace("tile/entries/", "said/", 1)


def width(block: int, size: int) -> int:
    return min(WIDTH, size - block * WIDTH)


def blocks(start: int, size: int) -> range:
    """Which blocks hold the entries from `start` on."""
    return range(start // WIDTH, -(-size // WIDTH))
