"""Blind indexes: find the row that holds a value without the value being readable.

HMAC-SHA-256 of the normalised value under the index key, which is a key of its own in the key store: whoever
has the data alone cannot try addresses against it.
"""

import hmac
from collections.abc import Iterable
from typing import TypeVar

from django.db import IntegrityError, transaction

from upheld.vault.errors import AlreadyHeld, NoIndex
from upheld.vault.keys.ring import service_key
from upheld.vault.models import Lookup
from upheld.vault.normal import normal
from upheld.vault.rows import Personal

P = TypeVar("P", bound=Personal)


def digest(datum: str, value: str) -> bytes:
    """32 bytes; equal for values that mean the same (`upheld.vault.normal`)."""
    return hmac.digest(service_key("index"), f"{datum}\0{normal(datum, value)}".encode(), "sha256")


def find(model: type[P], name: str, value: str) -> P | None:
    """The row whose field holds this value. Raises NoIndex for a field that is not declared with find=True."""
    field = model.field(name)
    if not field.find:
        raise NoIndex(model.label(), name)
    key = f"{model.label()}.{name}"
    hit = Lookup.objects.filter(field=key, digest=digest(field.datum, value)).values_list("subject", "row").first()
    if hit is None:
        return None
    row: P | None = model._base_manager.filter(subject=hit[0], id=hit[1]).first()
    return row


def enter(rows: Iterable[tuple[Personal, dict[str, str]]]) -> None:
    """Index the values just sealed. Raises AlreadyHeld when someone else, or another row, has one of them."""
    entries = [
        Lookup(
            field=f"{row.label()}.{name}",
            digest=digest(row.field(name).datum, value),
            subject=row.subject,
            row=row.id,
        )
        for row, values in rows
        for name, value in values.items()
        if row.field(name).find
    ]
    if not entries:
        return
    try:
        with transaction.atomic():
            Lookup.objects.bulk_create(entries, batch_size=500)
    except IntegrityError:
        raise AlreadyHeld(entries[0].field.partition(".")[2]) from None


def leave(row: Personal, names: Iterable[str]) -> None:
    """Take this row's values of these fields out of the index."""
    fields = [f"{row.label()}.{name}" for name in names if row.field(name).find]
    if fields:
        Lookup.objects.filter(subject=row.subject, row=row.id, field__in=fields).delete()
