"""The key store as lines, the same whatever it rests in: never a file of its own in clear, not for a moment.

Keys are read before the record of erasures, so that a key is there only with the record of an erasure that came while
they were read; a restore heeds the record.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from upheld.vault.keys import ring
from upheld.vault.keys.models import DataKey, Erasure, ServiceKey
from upheld.vault.keys.root import NONCE, root
from upheld.vault.keys.router import STORE
from upheld.vault.shredding import kept_classes

AT_ONCE = 2000
KEY, SERVICE, ERASURE = "key", "service", "erasure"
Line = list[Any]


def lines() -> Iterator[Line]:
    keys = DataKey.objects.values_list("subject", "retention", "version", "root_version", "wrapped")
    for subject, retention, version, by, wrapped in keys.iterator(chunk_size=AT_ONCE):
        yield [KEY, str(subject), retention, version, by, _text(wrapped)]
    for one in ServiceKey.objects.all():
        yield [SERVICE, one.name, one.root_version, _text(one.wrapped)]
    records = Erasure.objects.values_list("subject", "started_at", "finished_at", "by", "because")
    for subject, started, finished, who, because in records.iterator(chunk_size=AT_ONCE):
        yield [ERASURE, str(subject), started.isoformat(), finished and finished.isoformat(), who, because]


def packed() -> Iterator[bytes]:
    for line in lines():
        yield json.dumps(line).encode() + b"\n"


def unpacked(parts: Iterable[bytes]) -> Iterator[Line]:
    """Raises ValueError for what are no such lines."""
    rest = b""
    for part in parts:
        *whole, rest = (rest + part).split(b"\n")
        yield from map(json.loads, whole)
    if rest:
        raise ValueError("its last line is cut off")


def merge(read: Iterable[Line], versions: dict[int, bytes]) -> int:
    """Add what a backup holds to this key store, wrapped with the root key that is here; in one transaction.

    A key that is here already stays: it is the newer one. No key comes back of a person whom either store knows to be
    erased, unless the policy keeps its class. Returns how many keys came back.
    """
    old = {version: AESGCM(key) for version, key in versions.items()}
    before = DataKey.objects.count()
    with transaction.atomic(using=STORE):
        every = iter(read)
        while some := list(islice(every, AT_ONCE)):
            DataKey.objects.bulk_create(_keys(some, old), ignore_conflicts=True, batch_size=ring.FEW)
            ServiceKey.objects.bulk_create(_service_keys(some, old), ignore_conflicts=True)
            Erasure.objects.bulk_create(map(_erasure, _of(ERASURE, some)), ignore_conflicts=True, batch_size=ring.FEW)
        erased = Erasure.objects.values("subject")
        DataKey.objects.filter(subject__in=erased).exclude(retention__in=kept_classes()).delete()
    ring._service_key.cache_clear()
    return DataKey.objects.count() - before


def check(read: Iterable[Line], versions: dict[int, bytes]) -> None:
    """Every key of a backup opens with its own root key. Raises ValueError, LookupError, InvalidTag."""
    old = {version: AESGCM(key) for version, key in versions.items()}
    for line in read:
        if line[0] == KEY:
            _, subject, retention, version, by, wrapped = line
            _unwrapped(old[by], wrapped, ring.context(UUID(subject), retention, version))
        elif line[0] == SERVICE:
            _, name, by, wrapped = line
            _unwrapped(old[by], wrapped, ring.service_context(name))


def opens(versions: dict[int, bytes]) -> bool:
    """Whether this root key opens what the key store here holds: one key for each of its versions."""
    try:
        for by in DataKey.objects.values_list("root_version", flat=True).distinct():
            row = DataKey.objects.filter(root_version=by)[0]
            check([[KEY, str(row.subject), row.retention, row.version, by, _text(row.wrapped)]], versions)
        for one in ServiceKey.objects.all():
            check([[SERVICE, one.name, one.root_version, _text(one.wrapped)]], versions)
    except (LookupError, InvalidTag):
        return False
    return True


def root_versions() -> set[int]:
    """Of the root key, those that something in the store is wrapped with."""
    found = set(DataKey.objects.values_list("root_version", flat=True).distinct())
    return found | set(ServiceKey.objects.values_list("root_version", flat=True))


def _keys(some: list[Line], old: dict[int, AESGCM]) -> Iterator[DataKey]:
    for _, subject, retention, version, by, wrapped in _of(KEY, some):
        bound = ring.context(UUID(subject), retention, version)
        here, sealed = root().wrap(_unwrapped(old[by], wrapped, bound), bound)
        yield DataKey(subject=UUID(subject), retention=retention, version=version, root_version=here, wrapped=sealed)


def _service_keys(some: list[Line], old: dict[int, AESGCM]) -> Iterator[ServiceKey]:
    for _, name, by, wrapped in _of(SERVICE, some):
        bound = ring.service_context(name)
        here, sealed = root().wrap(_unwrapped(old[by], wrapped, bound), bound)
        yield ServiceKey(name=name, root_version=here, wrapped=sealed)


def _erasure(line: Line) -> Erasure:
    _, subject, started, finished, by, because = line
    return Erasure(
        subject=UUID(subject),
        started_at=datetime.fromisoformat(started),
        finished_at=finished and datetime.fromisoformat(finished),
        by=by,
        because=because,
    )


def _of(kind: str, some: list[Line]) -> Iterator[Line]:
    return (line for line in some if line[0] == kind)


def _unwrapped(cipher: AESGCM, wrapped: str, bound: bytes) -> bytes:
    sealed = base64.b64decode(wrapped)
    return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound)


def _text(wrapped: bytes | memoryview) -> str:
    return base64.b64encode(bytes(wrapped)).decode()
