"""Recompute everything, and name the first thing that does not fit.

Entries may be appended and placed meanwhile: what is verified is the log of the newest checkpoint at the beginning.
"""

from collections.abc import Callable
from dataclasses import dataclass

from upheld.ledger import checkpoints, keys, seen, stored
from upheld.ledger.checkpoints import Signed
from upheld.ledger.errors import BadNote
from upheld.ledger.merkle import Frontier
from upheld.ledger.models import Checkpoint, Entry
from upheld.ledger.stored import Row
from upheld.ledger.tampering import Misfit, hash_changed, misplaced, not_what_was_signed
from upheld.ledger.tree import HASH, HEIGHT, WIDTH, root_of

Progress = Callable[[int, int], None]
EVERY = 16 * WIDTH  # entries between two reports of progress


@dataclass(frozen=True, slots=True)
class Verification:
    """`problem` is one sentence about the first entry, tile or checkpoint that does not fit; empty when all is well.
    `entries` counts those that were found to fit."""

    entries: int
    problem: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem


def verify(progress: Progress = lambda done, total: None, known: Signed | None = None) -> Verification:
    """Read the whole ledger in constant memory: every entry against its leaf, every leaf against its tile, every tile
    against the tree, every checkpoint against its signature and the tree, and all against `known`, by default the
    checkpoint that this instance has seen last."""
    tree = Frontier()
    try:
        # What was seen is read before what is stored: a sequencer at work writes them in the other order.
        known = known or seen.last()
        _Walk(tree, known, progress).run()
    except (Misfit, BadNote) as misfit:
        return Verification(tree.size, str(misfit))
    return Verification(tree.size)


class _Walk:
    def __init__(self, tree: Frontier, known: Signed | None, progress: Progress) -> None:
        self.tree, self.known, self.progress = tree, known, progress
        self.verifier = keys.verifier()
        newest = Checkpoint.objects.order_by("-size").first()
        self.newest = self._signed(newest) if newest else None
        self.total = self.newest.size if self.newest else 0
        self.checkpoints = Checkpoint.objects.filter(size__lte=self.total).order_by("size").iterator(chunk_size=1000)
        self.next_checkpoint = next(self.checkpoints, None)
        self.above = b""  # the tile of level 1 over the entries at hand
        self.lies_above: int | None = None  # the first hash of level 1 that is wrong, if the entries prove to be right

    def run(self) -> None:
        if self.known is not None and self.known.size > self.total:
            raise Misfit(
                f"The log has {self.total} signed entries, and had {self.known.size} at the checkpoint seen before: "
                "it was rolled back."
            )
        self._stop()
        for block in stored.blocks(self.total):
            self._block(block)
            if self.tree.size % EVERY == 0:
                self.progress(self.tree.size, self.total)
        if self.tree.size < self.total:
            raise Misfit(f"Entry {self.tree.size} is missing: the log ends there, and {self.total} were signed.")
        self._nothing_behind()
        self._upper_tiles()
        self.progress(self.total, self.total)

    def _block(self, block: list[Row]) -> None:
        start = self.tree.size
        leaves = b"".join([row.leaf for row in block])
        signed = stored.tile(0, start // WIDTH)
        in_place = block[0].index == start and block[-1].index == start + len(block) - 1
        if not in_place or leaves != signed[: len(leaves)] or not all(row.whole for row in block):
            raise self._first_misfit(block, signed)
        root = self._root_of_full(start // WIDTH, leaves) if len(block) == WIDTH else None
        if root is not None and self._next_stop() >= start + WIDTH:
            self.tree.append(root, HEIGHT)
            self._stop()
        else:
            for row in block:
                self.tree.append(row.leaf)
                self._stop()

    def _root_of_full(self, index: int, leaves: bytes) -> bytes:
        root = root_of(leaves)
        if index % WIDTH == 0:
            self.above = stored.tile(1, index // WIDTH)
        at = index % WIDTH * HASH
        if self.above[at : at + HASH] != root and self.lies_above is None:
            self.lies_above = index
        return root

    def _first_misfit(self, block: list[Row], signed: bytes) -> Misfit:
        start = self.tree.size
        for place, row in enumerate(block, start):
            at = (place - start) * HASH
            if row.index != place:
                return misplaced(row, place)
            if row.leaf != signed[at : at + HASH]:
                return not_what_was_signed(row, self.tree)
            if not row.whole:
                return Misfit(f"Entry {place} ({row.id}) was changed: its columns are not what was signed.")
        raise AssertionError("a block whose rows all fit was taken for one that does not")

    def _next_stop(self) -> int:
        """The next size at which the tree's root was signed."""
        sizes = [self.next_checkpoint.size] if self.next_checkpoint else []
        if self.known is not None and self.known.size > self.tree.size:
            sizes.append(self.known.size)
        return min(sizes, default=self.total)

    def _stop(self) -> None:
        size = self.tree.size
        if self.known is not None and self.known.size == size and self.known.root != self.tree.root():
            raise Misfit(f"The first {size} entries are not those of the checkpoint seen before: they were rewritten.")
        while self.next_checkpoint is not None and self.next_checkpoint.size <= size:
            self._leads_to(self._signed(self.next_checkpoint))
            self.next_checkpoint = next(self.checkpoints, None)
        # By now its row may be gone: a sequencer keeps only the last of a tile.
        if self.newest is not None and self.newest.size == size:
            self._leads_to(self.newest)

    def _leads_to(self, signed: Signed) -> None:
        if (signed.size, signed.root) != (self.tree.size, self.tree.root()):
            raise Misfit(f"The checkpoint of size {signed.size} was forged: its root is not that of the entries.")

    def _signed(self, row: Checkpoint) -> Signed:
        try:
            signed = checkpoints.read(row.note, self.verifier)
        except BadNote:
            raise Misfit(f"The checkpoint of size {row.size} was forged: its signature is not this log's.") from None
        if (signed.size, signed.root) != (row.size, bytes(row.root)):
            raise Misfit(f"The checkpoint of size {row.size} was forged: it was signed for another size or root.")
        return signed

    def _nothing_behind(self) -> None:
        """Entries and checkpoint move in one transaction, so no entry is ever placed behind the newest checkpoint."""
        last = Entry.objects.placed().values_list("index", flat=True).last()
        newest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
        if last is not None and last >= newest:
            row = next(stored.rows(newest, last + 1))
            raise Misfit(f"Entry {row.index} ({row.id}) was inserted: it was never signed.")

    def _upper_tiles(self) -> None:
        """Every hash is the root of the tile below it; those over the leaves' tiles were compared on the way."""
        if self.lies_above is not None:
            raise hash_changed(1, self.lies_above)
        level, below = 2, self.total // WIDTH**2
        while below:
            for index in range(below):
                at = index % WIDTH * HASH
                if stored.tile(level, index // WIDTH)[at : at + HASH] != root_of(stored.tile(level - 1, index)):
                    raise hash_changed(level, index)
            level, below = level + 1, below // WIDTH
