"""Personal data come in, and are corrected: the only two ways a sealed field gets a value."""

import time
from collections.abc import Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from upheld import ledger
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import envelope, index, locking, notices
from upheld.vault.envelope import Origin
from upheld.vault.keys import ring
from upheld.vault.rows import Personal
from upheld.vault.scrubbing import scrub_after_commit

P = TypeVar("P", bound=Personal)
Values = Mapping[str, str]
Keys = Mapping[ring.Slot, AESGCM]


@transaction.atomic
def collect(row: P, values: Values, *, source: str, by: Actor, since: int | None = None) -> P:
    """Seal `values` (field to text) into `row` and save it, new or not.

    `since` is when they were collected, in seconds since 1970, if that was earlier (a sign-up that is completed).
    Raises Refused when the policy does not name `source` for one of them, UnknownField, AlreadyHeld, Erased.
    """
    return collect_many([(row, values)], source=source, by=by, since=since)[0]


@transaction.atomic
def collect_many(rows: Sequence[tuple[P, Values]], *, source: str, by: Actor, since: int | None = None) -> list[P]:
    """`collect` for many rows of one model: one query for the keys, one insert each for rows, index and ledger."""
    for row, values in rows:
        require(Act.FIELD_COLLECT, by=by, subject=row.subject, data=row.data_of(values), source=source)
    origin = Origin(source, int(time.time()) if since is None else since)
    _seal(rows, origin)
    _save([row for row, _ in rows])
    index.enter((row, dict(values)) for row, values in rows)
    ledger.append_many(
        [
            ledger.Draft(Act.FIELD_COLLECT, by=by, subject=row.subject, facts=_facts(row, values, source))
            for row, values in rows
        ]
    )
    return [row for row, _ in rows]


@transaction.atomic
def correct(row: P, values: Values, *, source: str, by: Actor, because: str = "") -> P:
    """Seal other values in place of the ones held; the old ciphertext leaves the database's files too.

    Raises Refused, UnknownField, AlreadyHeld (someone else has the value), Erased, Damaged.
    """
    require(Act.FIELD_CORRECT, by=by, subject=row.subject, data=row.data_of(values), source=source)
    row = type(row)._base_manager.select_for_update().get(subject=row.subject, pk=row.pk)
    index.leave(row, values)
    _seal([(row, values)], Origin(source, int(time.time())))
    row.save(update_fields=["sealed"])
    index.enter([(row, dict(values))])
    notices.after_correction(row, row.data_of(values))
    facts = _facts(row, values, source) | ({"because": because} if because else {})
    ledger.append(Act.FIELD_CORRECT, by=by, subject=row.subject, facts=facts)
    scrub_after_commit()
    return row


def _facts(row: Personal, values: Values, source: str) -> dict[str, ledger.Fact]:
    return {"row": row.reference, "fields": sorted(values), "source": source}


def _save(rows: Sequence[P]) -> None:
    fresh, known = [row for row in rows if row._state.adding], [row for row in rows if not row._state.adding]
    if fresh:
        type(fresh[0])._default_manager.bulk_create(fresh, batch_size=500)
    for row in known:
        row.save(update_fields=["sealed"])


def _seal(rows: Sequence[tuple[Personal, Values]], origin: Origin) -> None:
    """Seal anew every envelope that gains or changes a value; the others stay as they are."""
    policy = force.in_force()
    classes = {(row.label(), n): policy.retention_class(row.label(), row.field(n).datum) for row, v in rows for n in v}
    locking.add_to(row.subject for row, _ in rows)
    keys = ring.ensure((row.subject, classes[row.label(), name]) for row, values in rows for name in values)
    for row, values in rows:
        by_class: dict[str, dict[str, str]] = {}
        for name, value in values.items():
            by_class.setdefault(classes[row.label(), name], {})[name] = value
        row.sealed = envelope.pack(_resealed(row, by_class, origin, keys))


def _resealed(row: Personal, by_class: Mapping[str, Values], origin: Origin, keys: Keys) -> list[envelope.Envelope]:
    changed = {name for values in by_class.values() for name in values}
    contents: dict[str, dict[str, str]] = {}
    origins: dict[str, dict[str, Origin]] = {}
    kept = []
    for old in row.envelopes():
        if old.retention not in by_class and not changed & old.fields.keys():
            kept.append(old)
            continue
        opened = envelope.unseal(
            old, place=row.place, key=ring.pick(keys, (row.subject, old.retention, old.key_version))
        )
        contents[old.retention] = {n: v for n, v in opened.items() if n not in changed}
        origins[old.retention] = dict(old.fields)
    for retention, values in by_class.items():
        contents.setdefault(retention, {}).update(values)
        origins.setdefault(retention, {}).update(dict.fromkeys(values, origin))
    return kept + [
        envelope.seal(values, origins[c], place=row.place, retention=c, key=_key(keys, row.subject, c))
        for c, values in contents.items()
        if values
    ]


def _key(keys: Keys, subject: UUID, retention: str) -> AESGCM:
    return ring.pick(keys, (subject, retention, 1))
