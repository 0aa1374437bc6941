"""Recompute everything, and name the first thing that does not fit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from upheld.ledger import checkpoints, keys, merkle, seen
from upheld.ledger.checkpoints import Signed
from upheld.ledger.entries import leaf, read_body
from upheld.ledger.errors import BadNote
from upheld.ledger.models import Checkpoint, Entry, Tile
from upheld.ledger.tree import HASH, WIDTH, root_of

Progress = Callable[[int, int], None]
Row = tuple[int, UUID, str, UUID | None, bytes, bytes]
EVERY = 5000


@dataclass(frozen=True, slots=True)
class Verification:
    """`problem` is one sentence about the first entry, tile or checkpoint that does not fit; empty when all is well."""

    entries: int
    problem: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem


class _Misfit(Exception):
    pass


def verify(progress: Progress = lambda done, total: None, known: Signed | None = None) -> Verification:
    """Read the whole ledger in constant memory: every entry against its leaf, every leaf against its tile, every tile
    against the tree, every checkpoint against its signature and the tree, and the newest against `known`, by default
    the one seen last by this instance."""
    walk = _Walk(progress)
    try:
        walk.run(known or seen.last())
    except (_Misfit, BadNote) as misfit:
        return Verification(walk.tree.size, str(misfit))
    return Verification(walk.tree.size)


class _Walk:
    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tree = merkle.Frontier()
        self.verifier = keys.verifier()
        self.checkpoints = iter(Checkpoint.objects.order_by("size").iterator(chunk_size=EVERY))
        self.next_checkpoint = next(self.checkpoints, None)
        self.total = 0
        self.last: Signed | None = None
        self.tiles = _Tiles()

    def run(self, known: Signed | None) -> None:
        newest = Checkpoint.objects.order_by("-size").first()
        self.total = newest.size if newest else 0
        self._not_rolled_back(known)
        for row in _rows():
            self._entry(row)
            self._checkpoints(known)
            if self.tree.size % EVERY == 0:
                self.progress(self.tree.size, self.total)
        if self.tree.size < self.total:
            raise _Misfit(f"Entry {self.tree.size} is missing: the log ends there, and {self.total} were signed.")
        self._upper_tiles()
        self.progress(self.total, self.total)

    def _not_rolled_back(self, known: Signed | None) -> None:
        if known is not None and known.size > self.total:
            raise _Misfit(
                f"The log has {self.total} signed entries, and had {known.size} at the checkpoint seen before: "
                "it was rolled back."
            )

    def _entry(self, row: Row) -> None:
        index, id, act, subject, body, salt = row
        place = self.tree.size
        if index != place:
            raise _Misfit(f"Entry {place} is missing: after it comes {index}. It was dropped.")
        if place >= self.total:
            raise _Misfit(f"Entry {place} ({id}) was never signed: it was inserted behind the last checkpoint.")
        computed = leaf(salt, body)
        if computed != self.tiles.leaf(place):
            raise _Misfit(f"Entry {place} ({id}) {self._how(place, computed)}.")
        if not _is_copy(read_body(body), id, act, subject):
            raise _Misfit(f"Entry {place} ({id}) was changed: its columns say something else than what was signed.")
        self.tree.append(computed)

    def _how(self, place: int, computed: bytes) -> str:
        """In what way an entry differs from what was signed in its place."""
        following = Entry.objects.filter(index=place + 1).values_list("salt", "body").first()
        its_leaf = leaf(bytes(following[0]), bytes(following[1])) if following else b""
        if its_leaf == self.tiles.leaf(place):
            swapped = computed == self.tiles.leaf(place + 1)
            return "and the next were swapped" if swapped else "was inserted: the next one belongs here"
        elsewhere = self.tiles.find(computed)
        if elsewhere == place + 1:
            return "stands one place too early: the one before it was dropped"
        if elsewhere is not None:
            return f"belongs at {elsewhere}: entries were swapped"
        return "was changed: it is not what was signed"

    def _checkpoints(self, known: Signed | None) -> None:
        size = self.tree.size
        if known is not None and known.size == size and known.root != self.tree.root():
            raise _Misfit(f"The first {size} entries are not those of the checkpoint seen before: they were rewritten.")
        while self.next_checkpoint is not None and self.next_checkpoint.size == size:
            self._checkpoint(self.next_checkpoint)
            self.next_checkpoint = next(self.checkpoints, None)

    def _checkpoint(self, row: Checkpoint) -> None:
        try:
            signed = checkpoints.read(row.note, self.verifier)
        except BadNote:
            raise _Misfit(f"The checkpoint of size {row.size} was forged: its signature is not this log's.") from None
        if (signed.size, signed.root, signed.root) != (row.size, bytes(row.root), self.tree.root()):
            raise _Misfit(f"The checkpoint of size {row.size} was forged: its root is not that of the entries.")

    def _upper_tiles(self) -> None:
        """Every tile above the leaves is made of the tiles below it."""
        level, below = 1, self.total // WIDTH
        while below:
            for index in range(below):
                if self.tiles.hash(level, index) != self.tiles.root_of(level - 1, index):
                    raise _Misfit(
                        f"Hash {index} of tile level {level} does not follow from the entries: it was changed."
                    )
            level, below = level + 1, below // WIDTH


class _Tiles:
    """Reads tiles one at a time: entries come in order."""

    def __init__(self) -> None:
        self._key: tuple[int, int] | None = None
        self._data = b""

    def hash(self, level: int, index: int) -> bytes:
        data = self._tile(level, index // WIDTH)
        at = index % WIDTH * HASH
        return data[at : at + HASH]

    def leaf(self, index: int) -> bytes:
        return self.hash(0, index)

    def find(self, leaf: bytes) -> int | None:
        """Where a leaf was signed. Only asked once something is wrong: it reads every tile."""
        for tile in Tile.objects.filter(level=0).order_by("index").iterator(chunk_size=100):
            data = bytes(tile.data)
            for at in range(0, len(data), HASH):
                if data[at : at + HASH] == leaf:
                    return tile.index * WIDTH + at // HASH
        return None

    def root_of(self, level: int, index: int) -> bytes:
        data = Tile.objects.filter(level=level, index=index).values_list("data", flat=True).first()
        return root_of(bytes(data)) if data is not None and len(data) == WIDTH * HASH else b""

    def _tile(self, level: int, index: int) -> bytes:
        if self._key != (level, index):
            row = Tile.objects.filter(level=level, index=index).values_list("data", flat=True).first()
            self._key, self._data = (level, index), bytes(row or b"")
        return self._data


def _rows() -> Iterator[Row]:
    fields = ("index", "id", "act", "subject", "body", "salt")
    for index, id, act, subject, body, salt in Entry.objects.placed().values_list(*fields).iterator(chunk_size=EVERY):
        yield index, id, act, subject, bytes(body), bytes(salt)


def _is_copy(body: dict[str, Any], id: UUID, act: str, subject: UUID | None) -> bool:
    return (body["id"], body["act"], body["subject"]) == (str(id), act, str(subject) if subject else None)
