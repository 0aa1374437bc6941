"""Where an answer goes: to the address on file, never to one that a letter names."""

from uuid import UUID

from upheld import vault
from upheld.contact.models import Address
from upheld.vault import Personal


def reached_at(subject: UUID) -> Personal | None:
    """The row with the address of this person: their own or, of somebody who only ever ordered, the latest order's."""
    own: Address | None = Address.objects.filter(subject=subject).first()
    if own is not None:
        return own
    holding = [row for row in vault.rows_of(subject) if "email" in row.held()]
    return max(holding, key=lambda row: row.id, default=None)
