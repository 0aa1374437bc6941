"""The stored log as verification reads it: in order, in constant memory, and trusting nothing about what it finds.

Ids are read as text, and everything else as it comes, so that damage is found by comparing and not by an exception.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import CharField
from django.db.models.functions import Cast

from upheld.ledger.entries import SALT, leaf, says
from upheld.ledger.models import Entry, Tile
from upheld.ledger.tree import HASH, WIDTH

CHUNK = 2000  # rows fetched at a time


@dataclass(slots=True)
class Row:
    """An entry as it is stored, and the hash of what it says now."""

    index: int
    id: str
    act: str
    subject: str | None
    body: bytes
    salt: bytes
    leaf: bytes

    @property
    def whole(self) -> bool:
        """Its salt has its length, or bytes could move between salt and body; its columns say what the body says."""
        return len(self.salt) == SALT and says(self.body, id=self.id, act=self.act, subject=self.subject)


def rows(start: int, end: int) -> Iterator[Row]:
    """The entries placed from `start` on, up to `end`; from the very first, also what claims a place before it."""
    placed = Entry.objects.placed().filter(index__lt=end)
    if start:
        placed = placed.filter(index__gte=start)
    columns = placed.values_list("index", Cast("id", CharField()), "act", Cast("subject", CharField()), "body", "salt")
    for index, id, act, subject, body, salt in columns.iterator(chunk_size=CHUNK):
        body, salt = _bytes(body), _bytes(salt)
        yield Row(index, _dashed(id), act, _dashed(subject) if subject else None, body, salt, leaf(salt, body))


def blocks(end: int) -> Iterator[list[Row]]:
    """The entries by 256, as their hashes stand in tiles."""
    every = rows(0, end)
    while block := list(islice(every, WIDTH)):
        yield block


def row_at(index: int) -> Row | None:
    return next(rows(index, index + 1), None) if index >= 0 else None


def tile(level: int, index: int) -> bytes:
    """A tile's hashes one after another; empty when there is none."""
    data = Tile.objects.filter(level=level, index=index).values_list("data", flat=True).first()
    return _bytes(data or b"")


def hash_at(index: int) -> bytes:
    """The hash of the leaf at `index`, as the tiles have it."""
    at = index % WIDTH * HASH
    return tile(0, index // WIDTH)[at : at + HASH]


def find(leaf: bytes) -> int | None:
    """Where the tiles have this leaf. Asked only once something is wrong: it reads all of them."""
    for index, data in Tile.objects.filter(level=0).order_by("index").values_list("index", "data").iterator(100):
        hashes = _bytes(data)
        for at in range(0, len(hashes), HASH):
            if hashes[at : at + HASH] == leaf:
                return int(index) * WIDTH + at // HASH
    return None


def _bytes(value: object) -> bytes:
    """SQLite keeps whatever it is given: an intruder may have left text where bytes were."""
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else str(value).encode()


def _dashed(id: str) -> str:
    """SQLite keeps ids without dashes, PostgreSQL shows them with."""
    return id if "-" in id else f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}"
