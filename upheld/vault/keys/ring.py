"""A subject's keys: made when first needed, read many at a time, destroyed for good."""

import secrets
from collections.abc import Iterable, Mapping
from functools import cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction

from upheld.vault.errors import Erased, KeyMissing
from upheld.vault.keys.models import DataKey, Erasure, ServiceKey
from upheld.vault.keys.root import root
from upheld.vault.keys.router import STORE

FEW = 500  # subjects a query: below every database's limit of parameters
Slot = tuple[UUID, str, int]  # subject, retention class, key version


def context(subject: UUID, retention: str, version: int) -> bytes:
    """What a wrapped key is bound to: moved to another subject's row, it does not unwrap."""
    return b"upheld-data-key/v1\0" + subject.bytes + version.to_bytes(2, "big") + retention.encode()


def service_context(name: str) -> bytes:
    return b"upheld-service-key/v1\0" + name.encode()


def of(subjects: Iterable[UUID]) -> dict[Slot, AESGCM]:
    """Every key of these subjects, one query for each `FEW` of them."""
    wanted = list(dict.fromkeys(subjects))
    unwrap = root().unwrap
    keys: dict[Slot, AESGCM] = {}
    for start in range(0, len(wanted), FEW):
        rows = DataKey.objects.filter(subject__in=wanted[start : start + FEW])
        for subject, retention, version, by, wrapped in rows.values_list(
            "subject", "retention", "version", "root_version", "wrapped"
        ):
            slot = (subject, retention, version)
            keys[slot] = AESGCM(unwrap(by, bytes(wrapped), context(*slot)))
    return keys


def pick(keys: Mapping[Slot, AESGCM], slot: Slot) -> AESGCM:
    """Raises KeyMissing, which after an erasure is what everyone sees."""
    try:
        return keys[slot]
    except KeyError:
        raise KeyMissing(*slot) from None


def ensure(slots: Iterable[tuple[UUID, str]]) -> dict[Slot, AESGCM]:
    """The newest keys for these subjects and classes, made where missing.

    Committed before the data that it will seal: a key without data harms nobody, data without a key is lost.
    Raises Erased for a subject whose keys were destroyed, whatever its data.
    """
    wanted = {(subject, retention, 1) for subject, retention in slots}
    subjects = {slot[0] for slot in wanted}
    keys = of(subjects)
    missing = sorted(wanted - keys.keys())
    if missing:
        _make(missing)
        # Looked at after the making: an erasure that ran meanwhile has written its record, and wins.
        _refuse_erased(missing)
        keys = of(subjects)
    return keys


def _make(slots: list[Slot]) -> None:
    key = root()
    rows = []
    for subject, retention, version in slots:
        by, wrapped = key.wrap(AESGCM.generate_key(256), context(subject, retention, version))
        rows.append(DataKey(subject=subject, retention=retention, version=version, root_version=by, wrapped=wrapped))
    DataKey.objects.bulk_create(rows, ignore_conflicts=True, batch_size=FEW)


def _refuse_erased(made: list[Slot]) -> None:
    """Only the keys just made go again: those of classes that outlive erasure were there before, and stay."""
    for start in range(0, len(made), FEW):
        some = made[start : start + FEW]
        erased = set(Erasure.objects.filter(subject__in=[slot[0] for slot in some]).values_list("subject", flat=True))
        for subject, retention, version in some:
            if subject in erased:
                DataKey.objects.filter(subject=subject, retention=retention, version=version).delete()
        if erased:
            raise Erased(min(erased))


def service_key(name: str) -> bytes:
    """A key of the program's own, made on first use. Kept in memory: it belongs to no subject."""
    return _service_key(name, root().path)


@cache
def _service_key(name: str, root_path: object) -> bytes:
    bound = service_context(name)
    row = ServiceKey.objects.filter(name=name).first()
    if row is None:
        version, wrapped = root().wrap(secrets.token_bytes(32), bound)
        try:
            with transaction.atomic(using=STORE):
                ServiceKey.objects.create(name=name, root_version=version, wrapped=wrapped)
        except IntegrityError:
            pass  # another process was first; its key is the one
        row = ServiceKey.objects.get(name=name)
    return root().unwrap(row.root_version, bytes(row.wrapped), bound)


def destroy(subject: UUID, classes: Iterable[str]) -> None:
    """Destroy a subject's keys of these classes: what they sealed has served, and is read no more in any copy."""
    DataKey.objects.filter(subject=subject, retention__in=list(classes)).delete()


def destroy_service_keys(prefix: str, *, keep: str) -> None:
    """Destroy the program's keys whose name begins with `prefix`, but one: what they keyed stays unknown."""
    if _service_keys_kept.get(prefix) == keep:
        return
    ServiceKey.objects.filter(name__startswith=prefix).exclude(name=keep).delete()
    _service_key.cache_clear()
    _service_keys_kept[prefix] = keep


def destroy_older_service_keys(prefix: str, *, than: str) -> None:
    """Destroy the program's keys whose name begins with `prefix` and sorts before `than`: those of past days."""
    if ServiceKey.objects.filter(name__startswith=prefix, name__lt=than).delete()[0]:
        _service_key.cache_clear()


_service_keys_kept: dict[str, str] = {}  # what this process has destroyed already, so that it costs one query an hour


def check() -> None:
    """Open the key store once. Raises NoRootKey, RootKeyFormat or WrongRootKey: a server must not start then."""
    _service_key.cache_clear()
    some = DataKey.objects.values_list("subject", flat=True).first()
    if some is not None:
        of([some])
    service_key("index")
