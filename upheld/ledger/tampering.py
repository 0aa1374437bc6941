"""In what way the ledger was tampered with, once it is known where."""

from upheld.ledger import checkpoints, keys, stored
from upheld.ledger.errors import BadNote
from upheld.ledger.merkle import Frontier
from upheld.ledger.models import Checkpoint
from upheld.ledger.publishing import TilePath, spell
from upheld.ledger.stored import Row
from upheld.ledger.tree import WIDTH


class Misfit(Exception):
    """The first thing that does not fit, in one sentence."""


def misplaced(row: Row, place: int) -> Misfit:
    if row.index < place:
        return Misfit(f"Entry {row.index} ({row.id}) was inserted: no such place was signed, or it is taken.")
    return Misfit(f"Entry {place} is missing: after it comes {row.index}. It was dropped.")


def not_what_was_signed(row: Row, before: Frontier) -> Misfit:
    """The entry's leaf is not the tile's. `before` is the tree of all entries before its tile, which fit."""
    if _entries_lead_to_what_was_signed(before):
        tile = spell(TilePath(0, row.index // WIDTH, WIDTH))
        return Misfit(f"{tile} was changed: its hash of entry {row.index} ({row.id}) is not what was signed.")
    return Misfit(f"Entry {row.index} ({row.id}) {_how(row)}.")


def hash_changed(level: int, index: int) -> Misfit:
    tile = spell(TilePath(level, index // WIDTH, WIDTH))
    return Misfit(f"{tile} was changed: its hash {index % WIDTH} does not follow from the entries, which fit.")


def _how(row: Row) -> str:
    own, next_one = stored.hash_at(row.index), stored.hash_at(row.index + 1)
    following = stored.row_at(row.index + 1)
    if following is not None and following.leaf == own:
        return "and the next were swapped" if row.leaf == next_one else "was inserted: the next one belongs here"
    elsewhere = stored.find(row.leaf)
    if elsewhere == row.index + 1:
        return "stands one place too early: the one before it was dropped"
    if elsewhere is not None:
        return f"belongs at {elsewhere}: entries were swapped"
    return "was changed: it is not what was signed"


def _entries_lead_to_what_was_signed(before: Frontier) -> bool:
    """Whether the entries, without the tiles, make the root of the next checkpoint: then it is the tile that lies."""
    following = Checkpoint.objects.filter(size__gt=before.size).order_by("size").first()
    if following is None:
        return False
    try:
        signed = checkpoints.read(following.note, keys.verifier())
    except BadNote:
        return False
    tree = before.copy()
    for row in stored.rows(before.size, signed.size):
        tree.append(row.leaf)
    return (tree.size, tree.root()) == (signed.size, signed.root)
