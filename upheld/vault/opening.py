"""Plaintext comes out here and nowhere else."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias, overload
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from upheld import ledger
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import require_each
from upheld.policy.errors import Refused
from upheld.vault import envelope, restricting
from upheld.vault.errors import KeptOnly
from upheld.vault.keys import ring
from upheld.vault.rows import Personal
from upheld.vault.shredding import is_erased, kept_classes

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

    Asks the policy, and whether they refused the purpose; then appends one entry for each subject in the caller's
    transaction (its own, if there is none), and only then opens: an append that fails raises, and nothing was opened.
    `because` names the case, order or request, as kind:id. Raises Refused; Restricted when one of them refused the
    purpose, and then opens nothing of the others either (`restricting.without` leaves those out); UnknownField,
    KeyMissing, Damaged; KeptOnly for anyone but staff when the person was erased and the policy keeps these.
    """
    several = [rows] if isinstance(rows, Personal) else list(rows)
    opened = look(several, fields, by=by, purpose=purpose, because=because)
    return opened[0] if isinstance(rows, Personal) else opened


def look(
    rows: Sequence[Personal],
    fields: Iterable[str],
    *,
    by: Actor,
    purpose: str,
    because: str,
    act: Act = Act.FIELD_OPEN,
    through: Callable[[str, str], str] | None = None,
) -> list[Opened]:
    """`open` of many rows, on record as `act`; with `through`, only what that makes of each datum and value."""
    names = tuple(fields)
    if not rows:
        return []
    with transaction.atomic():
        record(rows, names, by=by, purpose=purpose, because=because, act=act)
        keys = ring.of(row.subject for row in rows)
        opened = [_opened(row, names, keys) for row in rows]
        _refuse_of_the_erased(keys, by)
    if through is None:
        return opened
    model = type(rows[0])
    return [
        {name: None if value is None else through(model.field(name).datum, value) for name, value in each.items()}
        for each in opened
    ]


def record(
    rows: Sequence[Personal], names: tuple[str, ...], *, by: Actor, purpose: str, because: str, act: Act
) -> None:
    """Ask the policy and those who may have refused the purpose, and append an entry for each person. In a
    transaction. Raises Refused, Restricted, UnknownField."""
    model = type(rows[0])
    data = model.data_of(names)
    counts = Counter(row.subject for row in rows)
    require_each(act, counts, by=by, purpose=purpose, data=data)
    restricting.refuse_restricted(counts, purpose)
    if by.kind is Kind.STAFF and model.case_of:
        _refuse_other_matters(rows, by)
    single = rows[0].reference if len(rows) == 1 else model.label()
    facts: dict[str, ledger.Fact] = {"row": single, "fields": sorted(names), "purpose": purpose}
    if because:
        facts["because"] = because
    ledger.append_many(
        [
            ledger.Draft(act, by=by, subject=subject, facts=facts | ({"rows": n} if n > 1 else {}))
            for subject, n in counts.items()
        ]
    )


def _refuse_other_matters(rows: Sequence[Personal], by: Actor) -> None:
    """What was written about one matter is opened for that matter only."""
    case = by.case.id if by.case else None
    if any(getattr(row, row.case_of) != case for row in rows):
        raise Refused(f"what belongs to another {rows[0].case_of} than the case is not opened for it")


def _refuse_of_the_erased(keys: Mapping[ring.Slot, AESGCM], by: Actor) -> None:
    """What outlived an erasure is for whoever keeps the books, in a job and on a case: not for the program's letters
    and charges any more, nor for a visitor with an old link. Whoever has keys of no kept class alone was not erased."""
    if by.kind is not Kind.STAFF and keys:
        kept, classes = kept_classes(), dict[UUID, set[str]]()
        for subject, retention, _ in keys:
            classes.setdefault(subject, set()).add(retention)
        for subject, found in classes.items():
            if found <= kept and is_erased(subject):
                raise KeptOnly(subject)


def _opened(row: Personal, names: tuple[str, ...], keys: Mapping[ring.Slot, AESGCM]) -> Opened:
    values: Opened = dict.fromkeys(names)
    for sealed in row.envelopes():
        if not sealed.fields.keys().isdisjoint(names):
            key = ring.pick(keys, (row.subject, sealed.retention, sealed.key_version))
            plain = envelope.unseal(sealed, place=row.place, key=key)
            values.update({name: plain[name] for name in plain.keys() & values.keys()})
    return values
