"""An instance's stores as they were: what a restore puts in place, without the files around it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import models, transaction

from upheld.ledger import checkpoints, keys, merkle
from upheld.ledger.entries import leaf
from upheld.ledger.models import Checkpoint, Entry, Tile
from upheld.ledger.tree import Tree
from upheld.vault.keys import ring
from upheld.vault.keys.router import LABEL, STORE

Copy = Mapping[type[models.Model], Sequence[models.Model]]


def data() -> Copy:
    """Every row of the data, as a backup of the data has them."""
    return _copy(keys=False)


def key_store() -> Copy:
    return _copy(keys=True)


def put_back(copy: Copy) -> None:
    """These rows and no others, in the tables that the copy is of."""
    store = STORE if any(model._meta.app_label == LABEL for model in copy) else "default"
    with transaction.atomic(using=store):  # foreign keys are looked at when it ends
        for model in copy:
            model._base_manager.using(store).all()._raw_delete(store)
        for model, rows in copy.items():
            model._base_manager.using(store).bulk_create(rows, batch_size=100)
    ring._service_key.cache_clear()


def log_back(size: int) -> None:
    """The ledger alone, as it was when it had `size` entries."""
    Entry.objects.filter(index__gte=size).delete()
    Tile.objects.all().delete()
    Checkpoint.objects.all().delete()
    tree = Tree(0)
    tree.extend(leaf(bytes(e.salt), bytes(e.body)) for e in Entry.objects.placed())
    tree.save()
    signed = checkpoints.sign(tree.size, merkle.root(tree.read, tree.size), keys.signer())
    Checkpoint.objects.create(size=signed.size, root=signed.root, note=signed.note)


def _copy(*, keys: bool) -> Copy:
    found = [each for each in apps.get_models() if each._meta.managed and (each._meta.app_label == LABEL) is keys]
    return {each: list(_fresh(each)) for each in found if not each._meta.proxy}


def _fresh(model: type[models.Model]) -> Sequence[Any]:
    rows = list(model._base_manager.all())
    for row in rows:
        row._state.adding = True
    return rows
