"""Committed entries get their place in the tree, and the tree a signed checkpoint.

Entries are taken in the order of their ids. One whose transaction commits late gets a later place; a place once
given never changes. Entries, tiles and checkpoint move in one transaction, so a crash leaves the log as it was.
"""

from collections.abc import Sequence

from django.db import connection, transaction

from upheld.ledger import checkpoints, keys, merkle, seen
from upheld.ledger.checkpoints import Signed
from upheld.ledger.entries import leaf
from upheld.ledger.errors import ForkRefused
from upheld.ledger.locking import take_the_pen
from upheld.ledger.models import Checkpoint, Entry
from upheld.ledger.tree import WIDTH, Tree

BATCH = 2000  # entries a transaction, so that a backlog of millions needs little memory


def sequence() -> Signed | None:
    """Give every waiting entry its place. Returns the newest checkpoint, None for a log that never had an entry.

    Raises ForkRefused rather than sign a log that does not continue the checkpoint seen before.
    """
    while Entry.objects.waiting().exists() and _sequence_some() == BATCH:
        pass
    newest = latest()
    if newest is not None:
        transaction.on_commit(lambda: _remember(newest))
    return newest


def latest() -> Signed | None:
    row = Checkpoint.objects.order_by("-size").first()
    return None if row is None else Signed(keys.signer().name, row.size, bytes(row.root), row.note)


def check_continues() -> None:
    """Raises ForkRefused when the database's log does not continue the checkpoint that this instance has seen."""
    known = seen.last()  # before what is stored: a sequencer at work writes them in the other order
    newest = latest()
    if known is not None:
        _refuse_fork(Tree(newest.size if newest else 0), known)


@transaction.atomic
def _sequence_some() -> int:
    take_the_pen()
    rows = list(Entry.objects.waiting().values_list("id", "salt", "body")[:BATCH])
    newest = latest()
    tree = Tree(newest.size if newest else 0)
    # Read under the lock: nobody can have been shown a checkpoint that is newer than `newest`.
    for known in {newest, seen.last()}:
        if known is not None:
            _refuse_fork(tree, known)
    if rows:
        place([(tree.size + n, id) for n, (id, _, _) in enumerate(rows)])
        tree.extend(leaf(bytes(salt), bytes(body)) for _, salt, body in rows)
        tree.save()
        signed = checkpoints.sign(tree.size, merkle.root(tree.read, tree.size), keys.signer())
        Checkpoint.objects.create(size=signed.size, root=signed.root, note=signed.note)
        thin(newest, signed)
    return len(rows)


def _remember(newest: Signed) -> None:
    """After the commit; also what a crash before this line left behind."""
    known = seen.last()
    if known is None or known.size < newest.size:
        if known is not None:
            _refuse_fork(Tree(newest.size), known)
        seen.remember(newest)


def thin(before: Signed | None, newest: Signed) -> None:
    """Keep the last checkpoint of each tile: one a second for years would outgrow the entries, and whatever the
    one before said, the newest says too."""
    if before is not None and before.size // WIDTH == newest.size // WIDTH:
        Checkpoint.objects.filter(size=before.size).delete()


def _refuse_fork(tree: Tree, known: Signed) -> None:
    if known.size > tree.size or merkle.root(tree.read, known.size) != known.root:
        raise ForkRefused(f"size {known.size}, the database's log has {tree.size}")


def place(places: Sequence[tuple[int, object]]) -> None:
    """Place and id of entries that wait. One statement a row, prepared once: several times faster than Django's
    bulk_update. Under the sequencer's lock."""
    if not places:
        return
    field, quote = Entry._meta.pk, connection.ops.quote_name
    table, index, key = (quote(name) for name in (Entry._meta.db_table, "index", "id"))
    values = [(at, field.get_db_prep_value(id, connection)) for at, id in places]
    with connection.cursor() as cursor:
        # The names are the model's own; the values are bound.
        cursor.executemany(f"UPDATE {table} SET {index} = %s WHERE {key} = %s AND {index} IS NULL", values)  # noqa: S608
        assert cursor.rowcount == len(places), "an entry was placed twice, or vanished, under the sequencer's lock"
