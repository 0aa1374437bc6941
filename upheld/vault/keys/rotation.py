"""A new root key: the keys are wrapped anew, the data are not touched.

Safe to interrupt at any line and to repeat: the file holds the old versions until no key needs them.
"""

import secrets
import time
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import transaction

from upheld import ledger
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.keys.models import DataKey, ServiceKey
from upheld.vault.keys.ring import context, service_context
from upheld.vault.keys.root import RootKey, read, replace, root
from upheld.vault.keys.router import STORE

BATCH = 1000
GRACE = 2.0  # seconds in which a process that read the old file may still store a key that it wrapped
Progress = Callable[[int, int], None]


def rotate(*, by: Actor, progress: Progress = lambda done, total: None) -> int:
    """Bring in a new root key version, or finish an interrupted rotation. Returns how many keys moved."""
    require(Act.KEYS_ROTATE, by=by)
    key = _newest()
    moved = _rewrap(key, progress)
    time.sleep(GRACE)
    moved += _rewrap(key, progress)
    with transaction.atomic():
        ledger.append(Act.KEYS_ROTATE, by=by, facts={"version": key.current, "keys": moved})
    _retire(key)
    return moved


def _newest() -> RootKey:
    path = settings.UPHELD_ROOT_KEY
    versions = read(path)
    if len(versions) == 1:  # more than one is a rotation that was interrupted: finish that one
        versions[max(versions) + 1] = secrets.token_bytes(32)
        replace(path, versions)
    return root()


def _rewrap(key: RootKey, progress: Progress) -> int:
    old = DataKey.objects.exclude(root_version=key.current)
    total, done = old.count() + _rewrap_service_keys(key), 0
    last = UUID(int=0)
    while rows := list(old.filter(subject__gte=last).order_by("subject", "retention", "version")[:BATCH]):
        with transaction.atomic(using=STORE):
            for row in rows:
                _rewrap_one(row, key)
        last = rows[-1].subject
        done += len(rows)
        progress(done, max(total, done))
    return done


def _rewrap_one(row: DataKey, key: RootKey) -> None:
    bound = context(row.subject, row.retention, row.version)
    version, wrapped = key.wrap(key.unwrap(row.root_version, bytes(row.wrapped), bound), bound)
    # An update, never a save: a key that an erasure destroyed meanwhile must not come back.
    DataKey.objects.filter(subject=row.subject, retention=row.retention, version=row.version).update(
        root_version=version, wrapped=wrapped
    )


def _rewrap_service_keys(key: RootKey) -> int:
    rows = list(ServiceKey.objects.exclude(root_version=key.current))
    for row in rows:
        bound = service_context(row.name)
        row.root_version, row.wrapped = key.wrap(key.unwrap(row.root_version, bytes(row.wrapped), bound), bound)
        row.save()
    return len(rows)


def _retire(key: RootKey) -> None:
    left = set(DataKey.objects.values_list("root_version", flat=True).distinct())
    left |= set(ServiceKey.objects.values_list("root_version", flat=True))
    versions = read(key.path)
    replace(key.path, {n: k for n, k in versions.items() if n == key.current or n in left})
