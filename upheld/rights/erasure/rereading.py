"""After an erasure every store is read once more: keys, rows, look-ups, and the files in which letters were kept."""

from collections.abc import Iterator
from uuid import UUID

from upheld import ledger, vault
from upheld.contact import outbox
from upheld.policy.acts import Act
from upheld.vault.keys.models import DataKey
from upheld.vault.models import Lookup


def look_again(subject: UUID) -> Iterator[tuple[str, int]]:
    """What is left that should not be, by store."""
    kept = vault.kept_classes()
    staying = vault.staying(subject)
    keys = DataKey.objects.filter(subject=subject)
    yield "keys of the subject", (keys.exclude(retention__in=kept) if staying else keys).count()
    yield "rows about the subject", sum(_left(model, subject, kept, staying) for model in vault.people())
    yield "look-ups of the subject", Lookup.objects.filter(subject=subject).count()
    yield "letters to the subject", sum(outbox.place(letter).exists() for letter in _letters(subject))


def _left(model: type[vault.AboutPerson], subject: UUID, kept: frozenset[str], staying: frozenset[UUID]) -> int:
    """Rows that should be gone, and rows that stay with nothing, or something else, than what is kept."""
    left = vault.going(model, subject, staying).count()
    trimmed = model._base_manager.filter(subject=subject, pk__in=staying)
    return left + sum(isinstance(row, vault.Personal) and not frozenset() < row.classes() <= kept for row in trimmed)


def _letters(subject: UUID) -> Iterator[UUID]:
    """Every letter that was ever written to them: their rows are gone, and the record names them still."""
    written = ledger.Entry.objects.filter(subject=subject, act=Act.LETTER_SEND).order_by("id")
    for entry in written.iterator(chunk_size=500):
        yield UUID(str(entry.facts["letter"]).partition(":")[2])
