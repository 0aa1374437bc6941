"""What anyone may fetch, so that other people's tools can follow the log (c2sp.org/tlog-tiles)."""

import re
from dataclasses import dataclass

from upheld.ledger.entries import leaf_data
from upheld.ledger.errors import NoSuchTile
from upheld.ledger.models import Entry, Tile
from upheld.ledger.sequencing import latest
from upheld.ledger.tree import HASH, HEIGHT, WIDTH

_PATH = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True)
class TilePath:
    """`level` is None for a bundle of entries; `width` counts hashes, 256 for a full tile."""

    level: int | None
    index: int
    width: int


def parse(path: str) -> TilePath:
    """Raises NoSuchTile for anything but the one spelling of a tile's path."""
    match = _PATH.fullmatch(path)
    if match is None or (match[2].startswith("x000/")) or int(match[4] or 1) >= WIDTH:
        raise NoSuchTile(path)
    index = int(match[2].replace("x", "").replace("/", "") + match[3])
    return TilePath(None if match[1] == "entries" else int(match[1]), index, int(match[4] or WIDTH))


def spell(tile: TilePath) -> str:
    """The path of a tile: `tile/0/x001/x234/067.p/3`."""
    digits = str(tile.index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    index = "".join(f"x{group}/" for group in groups[:-1]) + groups[-1]
    partial = "" if tile.width == WIDTH else f".p/{tile.width}"
    return f"tile/{'entries' if tile.level is None else tile.level}/{index}{partial}"


def checkpoint_text() -> str:
    """The newest signed checkpoint. Raises NoSuchTile for a log that never had one."""
    newest = latest()
    if newest is None:
        raise NoSuchTile("checkpoint")
    return newest.note


def tile_bytes(path: str) -> bytes:
    """The hashes of a tile, or the length-prefixed leaves of a bundle. Raises NoSuchTile beyond the checkpoint."""
    tile = parse(path)
    newest = latest()
    size = newest.size if newest else 0
    if tile.index * WIDTH + tile.width > size >> HEIGHT * (tile.level or 0):
        raise NoSuchTile(path)
    return _bundle(tile) if tile.level is None else _hashes(tile.level, tile, path)


def _hashes(level: int, tile: TilePath, path: str) -> bytes:
    row = Tile.objects.filter(level=level, index=tile.index).first()
    if row is None or len(row.data) < tile.width * HASH:
        raise NoSuchTile(path)
    return bytes(row.data)[: tile.width * HASH]


def _bundle(tile: TilePath) -> bytes:
    first = tile.index * WIDTH
    rows = Entry.objects.placed().filter(index__gte=first, index__lt=first + tile.width)
    leaves = (leaf_data(bytes(salt), bytes(body)) for salt, body in rows.values_list("salt", "body"))
    return b"".join(len(data).to_bytes(2, "big") + data for data in leaves)
