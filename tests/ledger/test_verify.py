"""Verification names the first entry that does not fit, and in what way."""

import json
import os
from collections.abc import Callable

import pytest
from django.db import transaction

from upheld import ledger
from upheld.ledger import checkpoints, keys, seen
from upheld.ledger.models import Checkpoint, Entry, Tile
from upheld.ledger.notes import Signer
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.vault import new_subject

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 300
BEFORE = 250  # the size of the checkpoint before the last


@pytest.fixture(autouse=True)
def log() -> None:
    append(BEFORE)
    ledger.sequence()
    append(SIZE - BEFORE)
    ledger.sequence()


def append(count: int) -> None:
    with transaction.atomic():
        ledger.append_many([ledger.Draft(Act.LETTER_SEND, by=Actor.system("worker")) for _ in range(count)])


def at(index: int) -> Entry:
    return Entry.objects.get(index=index)


def changed() -> None:
    entry = at(7)
    entry.body = bytes(entry.body).replace(b"worker", b"nobody")
    entry.save()


def another_act_in_the_column() -> None:
    Entry.objects.filter(index=7).update(act=Act.FIELD_OPEN)


def another_subject_in_the_column() -> None:
    Entry.objects.filter(index=7).update(subject=new_subject())


def changed_with_its_leaf() -> None:
    """Whoever rewrites the tile too is found by the tree above it."""
    changed()
    entry, tile = at(7), Tile.objects.get(level=0, index=0)
    from upheld.ledger.entries import leaf

    data = bytearray(tile.data)
    data[7 * 32 : 8 * 32] = leaf(bytes(entry.salt), bytes(entry.body))
    Tile.objects.filter(level=0, index=0).update(data=bytes(data))


def dropped() -> None:
    at(7).delete()


def dropped_and_closed_up() -> None:
    dropped()
    for index in range(8, SIZE):
        Entry.objects.filter(index=index).update(index=index - 1)


def inserted_in_the_middle() -> None:
    for index in reversed(range(7, SIZE)):
        Entry.objects.filter(index=index).update(index=index + 1)
    a_new_one(7)


def inserted_at_the_end() -> None:
    a_new_one(SIZE)


def a_new_one(index: int) -> None:
    like = at(0)
    said = {**json.loads(bytes(like.body)), "id": str(new_subject())}
    body = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    Entry.objects.create(id=said["id"], act=like.act, subject=None, body=body, salt=os.urandom(32), index=index)


def swapped() -> None:
    Entry.objects.filter(index=7).update(index=-1)
    Entry.objects.filter(index=8).update(index=7)
    Entry.objects.filter(index=-1).update(index=8)


def truncated() -> None:
    Entry.objects.filter(index__gte=SIZE - 3).delete()


def forged_by_another_key() -> None:
    newest = Checkpoint.objects.get(size=SIZE)
    forger = Signer.from_seed(keys.signer().name, os.urandom(32))
    newest.note = checkpoints.sign(SIZE, bytes(newest.root), forger).note
    newest.save()


def forged_root() -> None:
    newest = Checkpoint.objects.get(size=SIZE)
    newest.note = checkpoints.sign(SIZE, os.urandom(32), keys.signer()).note
    newest.save()


def leaf_changed_in_the_tile() -> None:
    tile = Tile.objects.get(level=0, index=0)
    data = bytearray(tile.data)
    data[7 * 32] ^= 1
    Tile.objects.filter(level=0, index=0).update(data=bytes(data))


def tile_lost() -> None:
    Tile.objects.filter(level=0, index=1).delete()


def salt_lent_to_the_body() -> None:
    """The same bytes, cut elsewhere, have the same leaf."""
    entry = at(7)
    Entry.objects.filter(index=7).update(salt=bytes(entry.salt) + bytes(entry.body)[:1], body=bytes(entry.body)[1:])


def inserted_before_the_first() -> None:
    a_new_one(-1)


def swapped_far_apart() -> None:
    Entry.objects.filter(index=7).update(index=-1)
    Entry.objects.filter(index=270).update(index=7)
    Entry.objects.filter(index=-1).update(index=270)


def forged_longer() -> None:
    """A checkpoint of a log that does not exist, signed by somebody else."""
    forger = Signer.from_seed(keys.signer().name, os.urandom(32))
    root = os.urandom(32)
    Checkpoint.objects.create(size=10**12, root=root, note=checkpoints.sign(10**12, root, forger).note)


def checkpoint_of_another_size() -> None:
    newest = Checkpoint.objects.get(size=SIZE)
    Checkpoint.objects.filter(size=BEFORE).update(root=newest.root, note=newest.note)


def seen_file_damaged() -> None:
    seen.path().write_text("nothing")


def upper_tile_changed() -> None:
    Tile.objects.filter(level=1, index=0).update(data=os.urandom(32))


def rolled_back() -> None:
    Entry.objects.filter(index__gte=BEFORE).delete()
    Checkpoint.objects.filter(size=SIZE).delete()


def rewritten_with_the_key() -> None:
    """The intruder has database and signing key, and makes a whole new log of the same length."""
    Entry.objects.all().delete()
    Checkpoint.objects.all().delete()
    Tile.objects.all().delete()
    kept = seen.path().read_text()
    seen.path().unlink()
    append(SIZE)
    ledger.sequence()
    seen.path().write_text(kept)


@pytest.mark.parametrize(
    ("tamper", "entry", "words"),
    [
        (changed, "Entry 7 ", "was changed"),
        (another_act_in_the_column, "Entry 7 ", "was changed"),
        (another_subject_in_the_column, "Entry 7 ", "was changed"),
        (changed_with_its_leaf, f"size {BEFORE}", "its root is not that of the entries"),
        (leaf_changed_in_the_tile, "tile/0/000 ", "hash of entry 7 "),
        (tile_lost, "tile/0/001 ", "hash of entry 256 "),
        (salt_lent_to_the_body, "Entry 7 ", "was changed"),
        (inserted_before_the_first, "Entry -1 ", "inserted"),
        (swapped_far_apart, "Entry 7 ", "belongs at 270"),
        (forged_longer, "size 1000000000000", "forged"),
        (checkpoint_of_another_size, f"size {BEFORE}", "forged"),
        (seen_file_damaged, "ledger/checkpoint", "cannot be trusted"),
        (dropped, "Entry 7 ", "dropped"),
        (dropped_and_closed_up, "Entry 7 ", "dropped"),
        (inserted_in_the_middle, "Entry 7 ", "inserted"),
        (inserted_at_the_end, f"Entry {SIZE} ", "inserted"),
        (swapped, "Entry 7 ", "swapped"),
        (truncated, f"Entry {SIZE - 3} ", "missing"),
        (forged_by_another_key, f"size {SIZE}", "forged"),
        (forged_root, f"size {SIZE}", "forged"),
        (upper_tile_changed, "tile/1/000 ", "changed"),
        (rolled_back, f"had {SIZE}", "rolled back"),
        (rewritten_with_the_key, f"first {SIZE}", "rewritten"),
    ],
)
def test_each_kind_of_tampering_is_named(tamper: Callable[[], None], entry: str, words: str) -> None:
    assert ledger.verify().ok
    tamper()
    found = ledger.verify()
    assert not found.ok
    assert entry in found.problem
    assert words in found.problem


def test_progress_is_told_up_to_the_whole() -> None:
    told: list[tuple[int, int]] = []
    assert ledger.verify(progress=lambda done, total: told.append((done, total))).entries == SIZE
    assert told[-1] == (SIZE, SIZE)
