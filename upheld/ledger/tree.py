"""The tree as it is stored: hash tiles of height 8 (c2sp.org/tlog-tiles), one row a tile, grown in place.

A partial tile is the beginning of the full one, so the row of the widest serves every width that was published.
"""

from collections.abc import Iterable
from hashlib import sha256

from upheld.ledger.models import Tile

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH = 32


def root_of(hashes: bytes) -> bytes:
    """The root of a perfect subtree, from its 2**n hashes one after another: `merkle.node_hash` of pairs, in place."""
    while len(hashes) > HASH:
        pairs = range(0, len(hashes), 2 * HASH)
        hashes = b"".join([sha256(b"\x01" + hashes[at : at + 2 * HASH]).digest() for at in pairs])
    return hashes


class Tree:
    """Reads tiles as they are needed and keeps them; `save` writes the ones that grew."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._tiles: dict[tuple[int, int], bytearray] = {}
        self._grown: set[tuple[int, int]] = set()

    def read(self, level: int, index: int) -> bytes:
        """The hash of the perfect subtree of 2**level leaves at `index`: a `merkle.Reader`."""
        row, rest = divmod(level, HEIGHT)
        first = index << rest
        tile = self._tile(row, first // WIDTH)
        at = (first % WIDTH) * HASH
        return root_of(bytes(tile[at : at + (HASH << rest)]))

    def extend(self, leaves: Iterable[bytes]) -> None:
        for leaf in leaves:
            self._put(0, self.size, leaf)
            self.size += 1

    def save(self) -> None:
        rows = [Tile(level=level, index=index, data=bytes(self._tiles[level, index])) for level, index in self._grown]
        Tile.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["level", "index"], update_fields=["data"], batch_size=200
        )
        self._grown.clear()

    def _put(self, row: int, index: int, value: bytes) -> None:
        tile = self._tile(row, index // WIDTH)
        tile[(index % WIDTH) * HASH :] = value
        self._grown.add((row, index // WIDTH))
        if len(tile) == WIDTH * HASH:
            self._put(row + 1, index // WIDTH, root_of(bytes(tile)))

    def _tile(self, row: int, index: int) -> bytearray:
        key = (row, index)
        if key not in self._tiles:
            found = Tile.objects.filter(level=row, index=index).values_list("data", flat=True).first()
            self._tiles[key] = bytearray(found or b"")
        return self._tiles[key]
