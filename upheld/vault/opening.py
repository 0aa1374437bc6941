"""Plaintext comes out here and nowhere else."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, overload

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from upheld import ledger
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require_each
from upheld.vault import envelope
from upheld.vault.keys import ring
from upheld.vault.rows import Personal

Opened: TypeAlias = dict[str, str | None]


@overload
def open(rows: Personal, fields: Iterable[str], *, by: Actor, purpose: str, because: str = "") -> Opened: ...
@overload
def open(
    rows: Sequence[Personal], fields: Iterable[str], *, by: Actor, purpose: str, because: str = ""
) -> list[Opened]: ...


def open(
    rows: Personal | Sequence[Personal], fields: Iterable[str], *, by: Actor, purpose: str, because: str = ""
) -> Opened | list[Opened]:
    """The values of `fields`, by field, None where nothing is held; for many rows of one model, a list in their order.

    Asks the policy, then appends one entry for each subject in the caller's transaction (its own, if there is
    none), and only then opens: an append that fails raises, and nothing was opened. `because` names the case,
    order or request, as kind:id. Raises Refused, UnknownField, KeyMissing, Damaged.
    """
    several = [rows] if isinstance(rows, Personal) else list(rows)
    names = tuple(fields)
    if not several:
        return []
    with transaction.atomic():
        _record(several, names, by=by, purpose=purpose, because=because)
        keys = ring.of(row.subject for row in several)
        opened = [_opened(row, names, keys) for row in several]
    return opened[0] if isinstance(rows, Personal) else opened


def _record(rows: Sequence[Personal], names: tuple[str, ...], *, by: Actor, purpose: str, because: str) -> None:
    model = type(rows[0])
    data = model.data_of(names)
    counts = Counter(row.subject for row in rows)
    require_each(Act.FIELD_OPEN, counts, by=by, purpose=purpose, data=data)
    single = rows[0].reference if len(rows) == 1 else model.label()
    facts: dict[str, ledger.Fact] = {"row": single, "fields": sorted(names), "purpose": purpose}
    if because:
        facts["because"] = because
    ledger.append_many(
        [
            ledger.Draft(Act.FIELD_OPEN, by=by, subject=subject, facts=facts | ({"rows": n} if n > 1 else {}))
            for subject, n in counts.items()
        ]
    )


def _opened(row: Personal, names: tuple[str, ...], keys: Mapping[ring.Slot, AESGCM]) -> Opened:
    values: Opened = dict.fromkeys(names)
    for sealed in row.envelopes():
        if not sealed.fields.keys().isdisjoint(names):
            key = ring.pick(keys, (row.subject, sealed.retention, sealed.key_version))
            plain = envelope.unseal(sealed, place=row.place, key=key)
            values.update({name: plain[name] for name in plain.keys() & values.keys()})
    return values
