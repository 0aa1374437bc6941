"""Entries, their places and their proofs, on the configured database."""

import contextlib

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from upheld import ledger
from upheld.ledger import merkle, publishing, seen
from upheld.ledger.checkpoints import Signed
from upheld.ledger.entries import leaf, leaf_data
from upheld.ledger.errors import BadFact, ForkRefused, NoSuchTile, NotInTransaction, NotSequenced
from upheld.ledger.merkle import Frontier, leaf_hash
from upheld.ledger.models import Checkpoint, Entry, Tile
from upheld.ledger.publishing import TilePath
from upheld.ledger.sequencing import check_continues
from upheld.ledger.tree import Tree
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.vault import new_subject

pytestmark = pytest.mark.django_db(transaction=True)


def append(count: int = 1) -> list[Entry]:
    drafts = [ledger.Draft(Act.LETTER_SEND, by=Actor.system("worker"), facts={"number": n}) for n in range(count)]
    with transaction.atomic():
        return ledger.append_many(drafts)


def sequence() -> Signed:
    newest = ledger.sequence()
    assert newest is not None
    return newest


def test_an_entry_needs_the_transaction_of_its_act() -> None:
    with pytest.raises(NotInTransaction):
        ledger.append(Act.LETTER_SEND, by=Actor.system("worker"))


def test_an_act_that_is_undone_leaves_no_entry() -> None:
    with transaction.atomic():
        ledger.append(Act.LETTER_SEND, by=Actor.system("worker"))
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_an_act_whose_entry_was_refused_cannot_be_committed() -> None:
    """Even if somebody swallows the error."""
    with transaction.atomic():
        ledger.append(Act.LETTER_SEND, by=Actor.system("worker"))  # stands for the act
        with contextlib.suppress(BadFact):
            ledger.append(Act.LETTER_SEND, by=Actor.system("worker"), facts={"note": "two words"})
        with pytest.raises(transaction.TransactionManagementError):
            Entry.objects.exists()
    assert not Entry.objects.exists()


def test_an_entry_reads_back_as_it_was_given() -> None:
    subject = new_subject()
    with transaction.atomic():
        ledger.append(Act.FIELD_OPEN, by=Actor.person(subject), subject=subject, facts={"fields": ["email"], "rows": 2})
    (entry,) = Entry.objects.of(subject)
    assert entry.facts == {"fields": ["email"], "rows": 2}
    assert entry.by == {"kind": "person", "id": str(subject)}
    assert entry.at.tzinfo is not None


def test_a_log_without_entries_has_no_checkpoint() -> None:
    assert ledger.sequence() is None
    assert ledger.verify().ok
    with pytest.raises(NoSuchTile):
        publishing.checkpoint_text()


@pytest.mark.parametrize("sizes", [(1,), (1, 1, 1), (255, 1, 1), (256,), (300, 400, 1)])
def test_every_entry_gets_one_place_and_a_proof_of_it(sizes: tuple[int, ...]) -> None:
    for size in sizes:
        append(size)
        newest = sequence()
    assert list(Entry.objects.placed().values_list("index", flat=True)) == list(range(sum(sizes)))
    assert newest.size == sum(sizes)
    for entry in [Entry.objects.get(index=0), Entry.objects.get(index=newest.size - 1)]:
        proven = ledger.check_proof(ledger.prove(entry), ledger.verifier_key())
        assert proven.entry == entry.parsed
        assert proven.checkpoint == newest
    assert ledger.verify().ok


def test_a_place_once_given_stays() -> None:
    first = append(3)
    sequence()
    append(3)
    sequence()
    assert [Entry.objects.get(id=e.id).index for e in first] == [0, 1, 2]


def test_no_two_entries_have_one_place() -> None:
    one, two = append(2)
    sequence()
    with pytest.raises(IntegrityError):
        Entry.objects.filter(id=two.id).update(index=Entry.objects.get(id=one.id).index)


def test_what_waits_is_found_in_order_without_sorting() -> None:
    """A backlog of millions is taken batch by batch; sorting it for each would take the square of the time."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What it prefers while there are only a few rows.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = Entry.objects.waiting().values_list("id", "salt", "body")[:10].explain()
    assert "ledger_waiting" in plan
    assert "sort" not in plan.lower()
    assert "temp b-tree" not in plan.lower()


def test_an_entry_that_waits_has_no_proof_yet() -> None:
    (entry,) = append()
    with pytest.raises(NotSequenced):
        ledger.prove(entry)


def test_the_last_checkpoint_is_remembered_outside_the_database() -> None:
    append(2)
    newest = sequence()
    assert seen.path().parent == settings.UPHELD_LEDGER_DIR
    assert seen.last() == newest


def test_a_log_rolled_back_behind_what_was_seen_is_not_signed_again() -> None:
    append(4)
    sequence()
    Entry.objects.all().delete()
    Checkpoint.objects.all().delete()
    append(1)
    with pytest.raises(ForkRefused):
        check_continues()
    with pytest.raises(ForkRefused):
        ledger.sequence()
    assert Entry.objects.waiting().count() == 1


def test_a_log_that_went_on_continues_what_was_seen() -> None:
    check_continues()
    append(1)
    sequence()
    check_continues()


def test_tiles_that_do_not_lead_to_the_newest_checkpoint_are_not_signed() -> None:
    """Even when the file with the checkpoint seen last is lost."""
    append(3)
    sequence()
    seen.path().unlink()
    Tile.objects.filter(level=0, index=0).update(data=bytes(96))
    append(1)
    with pytest.raises(ForkRefused):
        ledger.sequence()


def test_the_public_log_holds_commitments_only() -> None:
    entries = append(3)
    sequence()
    bundle = publishing.tile_bytes("tile/entries/000.p/3")
    leaves = [leaf_data(bytes(e.salt), bytes(e.body)) for e in entries]
    assert bundle == b"".join(len(data).to_bytes(2, "big") + data for data in leaves)
    assert publishing.tile_bytes("tile/0/000.p/3") == b"".join(leaf(bytes(e.salt), bytes(e.body)) for e in entries)
    assert publishing.checkpoint_text().endswith("=\n")


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(70_000)]
    tree = Tree(0)
    with transaction.atomic():
        for first in range(0, len(leaves), 7_000):  # as batches of the sequencer do
            tree.extend(leaves[first : first + 7_000])
            tree.save()
            tree = Tree(tree.size)
    rows = Tile.objects.order_by("level", "index").values_list("level", "data")
    widths = [(level, len(data) // 32) for level, data in rows]
    assert widths == [(0, 256)] * 273 + [(0, 112), (1, 256), (1, 17), (2, 1)]
    frontier = Frontier()
    for leaf_ in leaves:
        frontier.append(leaf_)
    assert merkle.root(tree.read, tree.size) == frontier.root()
    for index in (0, 65_535, 65_536, 69_999):
        path = merkle.inclusion_proof(tree.read, index, tree.size)
        assert merkle.root_of_inclusion(leaves[index], index, tree.size, path) == frontier.root()


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("tile/0/000", TilePath(0, 0, 256)),
        ("tile/0/x001/x234/067.p/3", TilePath(0, 1234067, 3)),
        ("tile/entries/x001/000", TilePath(None, 1000, 256)),
        ("tile/63/999.p/255", TilePath(63, 999, 255)),
    ],
)
def test_paths_are_those_of_tlog_tiles(path: str, tile: TilePath) -> None:
    assert publishing.parse(path) == tile
    assert publishing.spell(tile) == path


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/64/000",
        "tile/00/000",
        "tile/0/x000/001",
        "tile/0/000.p/256",
        "tile/0/000.p/0",
        "tile/0/../x",
        "tile/0/x01/001",
        "tile/0/001",
        "",
    ],
)
def test_other_paths_and_tiles_that_are_not_signed_do_not_exist(path: str) -> None:
    append(3)
    sequence()
    with pytest.raises(NoSuchTile):
        publishing.tile_bytes(path)
