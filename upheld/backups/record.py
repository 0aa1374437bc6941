"""The record of what happened: the log as files, so that a copy from before can be brought up to it.

Beside the public log as anyone may fetch it (c2sp.org/tlog-tiles) rests what its leaves commit to: who did what to whom
and when, as ids and codes. That is nobody's business, so it is sealed. It grows, and never goes back.

    1  every file that the new checkpoint needs, and what stands besides the log    each written beside, and renamed
    2  the checkpoint                                    likewise; a crash before leaves the record as it was
    3  files that only the checkpoint before needed are removed
"""

from collections.abc import Iterator
from pathlib import Path

from upheld.backups import bundles, files, standing
from upheld.backups.errors import RecordDamaged, RecordForked
from upheld.backups.files import Seal
from upheld.ledger import checkpoints, keys, merkle, publishing
from upheld.ledger.checkpoints import Signed
from upheld.ledger.errors import BadNote
from upheld.ledger.models import Entry
from upheld.ledger.notes import Verifier
from upheld.ledger.publishing import TilePath, spell
from upheld.ledger.sequencing import latest
from upheld.ledger.tree import HEIGHT, WIDTH, Tree

CHECKPOINT = "checkpoint"
RECIPIENT = "recipient"


def write(folder: Path, *, seal: Seal | None, to: str = "") -> Signed | None:
    """Add what is new in this instance's log. Returns the newest checkpoint; None for a log that never had an entry,
    and for a record that is not sealed to `to`, where one is named: it stays as it is.

    So does a record that is ahead of this database. Without `seal` the entries rest in clear: for a folder inside the
    instance's own. Raises RecordForked for a record of another log; RecordDamaged for one whose checkpoint is none of
    this instance's.
    """
    with files.alone_in(folder):
        if to and not is_sealed_to(folder, to):
            return None
        known, newest = checkpoint(folder, keys.verifier()), latest()  # before `standing`: what stands is never older
        if newest is None or (known is not None and known.size > newest.size):
            return known
        if known is not None and merkle.root(Tree(newest.size).read, known.size) != known.root:
            raise RecordForked(folder, known.size)
        standing.write(folder, size=newest.size, seal=seal)
        if known is None or known.size < newest.size:
            _write_from(folder, known.size if known else 0, newest, seal)
    return newest


def checkpoint(folder: Path, verifier: Verifier) -> Signed | None:
    """None where there is no record. Raises RecordDamaged for a checkpoint that `verifier`'s log did not sign."""
    try:
        return checkpoints.read((folder / CHECKPOINT).read_text("utf-8"), verifier)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (BadNote, UnicodeDecodeError):
        raise RecordDamaged(folder, "this instance's key did not sign its checkpoint") from None


def is_sealed_to(folder: Path, to: str) -> bool:
    """Whether this record is sealed to this age recipient. What stands there is never sealed to."""
    named = folder / RECIPIENT
    return named.exists() and named.read_text("utf-8", "replace").strip() == to


def _write_from(folder: Path, start: int, newest: Signed, seal: Seal | None) -> None:
    for block in bundles.blocks(start, newest.size):
        said = Entry.objects.placed().filter(index__gte=block * WIDTH)[: bundles.width(block, newest.size)]
        packed = bundles.pack((bytes(salt), bytes(body)) for salt, body in said.values_list("salt", "body"))
        files.put(folder / bundles.name(block, newest.size), packed, seal=seal)
    for tile in _tiles(start, newest.size):
        files.put(folder / spell(tile), publishing.tile_bytes(spell(tile)))
    files.put(folder / CHECKPOINT, newest.note.encode())
    _remove_narrower(folder, start, newest.size)


def _tiles(start: int, size: int) -> Iterator[TilePath]:
    """Those that a log of `size` has and one of `start` had not, or narrower."""
    yield from (TilePath(None, block, bundles.width(block, size)) for block in bundles.blocks(start, size))
    level = 0
    while has := size >> HEIGHT * level:
        had = start >> HEIGHT * level
        if had < has:
            yield from (TilePath(level, block, bundles.width(block, has)) for block in bundles.blocks(had, has))
        level += 1


def _remove_narrower(folder: Path, start: int, size: int) -> None:
    """What the checkpoint before had of tiles that have grown since."""
    grown = set(_tiles(0, start)) - set(_tiles(0, size)) if start else ()
    for tile in grown:
        files.remove(folder / spell(tile))
    if start % WIDTH:
        files.remove(folder / bundles.name(start // WIDTH, start))
