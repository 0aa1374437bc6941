"""A log that was set back to an older state is brought forward with its own entries, as they were.

Same ids, salts, texts and places, and so the same tree: this instance never signs two logs of one size. Each batch ends
in a checkpoint of its own, a beginning of the same log, so that a crash leaves a whole log that is continued later.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol
from uuid import UUID

from django.db import transaction

from upheld.ledger import checkpoints, keys, merkle, seen
from upheld.ledger.checkpoints import Signed
from upheld.ledger.errors import NoContinuation
from upheld.ledger.locking import take_the_pen
from upheld.ledger.models import Checkpoint, Entry
from upheld.ledger.sequencing import latest, place, thin
from upheld.ledger.tree import Tree

BATCH = 4096  # entries a transaction


class Said(Protocol):
    """An entry as somebody else kept it."""

    @property
    def id(self) -> UUID: ...
    @property
    def act(self) -> str: ...
    @property
    def subject(self) -> UUID | None: ...
    @property
    def body(self) -> bytes: ...
    @property
    def salt(self) -> bytes: ...
    @property
    def leaf(self) -> bytes: ...


class Log(Protocol):
    """A log whose entries were found to lead to the root that was signed."""

    @property
    def signed(self) -> Signed: ...
    def entries(self, start: int = 0) -> Iterator[Said]: ...
    def root_at(self, size: int) -> bytes: ...


def continue_with(log: Log) -> int:
    """Append what `log` has and this database's log has not. Returns how many entries; safe to repeat after a crash.

    Entries that wait here and are in neither keep waiting. Raises NoContinuation, with nothing changed, when one of the
    two does not begin with the other.
    """
    check_is_one(log)
    start, added = _size(), 0
    coming = log.entries(start) if start < log.signed.size else iter(())
    while batch := list(islice(coming, BATCH)):
        _take(batch, start + added, log.signed)
        added += len(batch)
    seen.remember(log.signed)
    return added


def check_is_one(log: Log) -> None:
    """Raises NoContinuation unless one of the two logs begins with the other."""
    newest = latest()
    if newest is None:
        return
    size = min(newest.size, log.signed.size)
    if merkle.root(Tree(newest.size).read, size) != log.root_at(size):
        raise NoContinuation(size)


@transaction.atomic(durable=True)
def _take(batch: Sequence[Said], start: int, whole: Signed) -> None:
    take_the_pen()
    newest = latest()
    tree = Tree(newest.size if newest else 0)
    if tree.size != start:
        raise NoContinuation(tree.size)  # somebody else appends: nobody may while a log is brought forward
    _enter(batch, start)
    tree.extend(each.leaf for each in batch)
    tree.save()
    root = merkle.root(tree.read, tree.size)
    if tree.size == whole.size and root != whole.root:
        raise NoContinuation(tree.size)
    signed = whole if tree.size == whole.size else checkpoints.sign(tree.size, root, keys.signer())
    Checkpoint.objects.create(size=signed.size, root=signed.root, note=signed.note)
    thin(newest, signed)


def _enter(batch: Sequence[Said], start: int) -> None:
    """Those that wait here already get their places; the others come in with theirs."""
    waiting = _waiting(each.id for each in batch)
    entries, placed = [], []
    for index, each in enumerate(batch, start):
        here = waiting.get(each.id)
        if here is None:
            entries.append(
                Entry(id=each.id, act=each.act, subject=each.subject, body=each.body, salt=each.salt, index=index)
            )
        elif here != (each.body, each.salt):
            raise NoContinuation(index)
        else:
            placed.append((index, each.id))
    Entry.objects.bulk_create(entries, batch_size=500)
    place(placed)


def _waiting(ids: Iterable[UUID]) -> dict[UUID, tuple[bytes, bytes]]:
    wanted, found = list(ids), dict[UUID, tuple[bytes, bytes]]()
    for first in range(0, len(wanted), 500):
        rows = Entry.objects.waiting().filter(id__in=wanted[first : first + 500])
        found |= {id: (bytes(body), bytes(salt)) for id, body, salt in rows.values_list("id", "body", "salt")}
    return found


def _size() -> int:
    newest = latest()
    return newest.size if newest else 0
