"""A key under which nothing is held any more goes: then no older copy of what it sealed can be read either.

Destroyed keys do not roll back, and rows that nobody sees yet may be sealed under them. So whoever adds to what is held
of a subject says so until their transaction ends, and while they do, the key stays.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.policy.acts import Act
from upheld.vault import locking
from upheld.vault.errors import Damaged
from upheld.vault.inventory import rows_of
from upheld.vault.keys import ring
from upheld.vault.keys.models import DataKey
from upheld.vault.rows import first_id

LOOKED_AFTER = timedelta(days=7)  # the worker looks once a day


def destroy_spent(subject: UUID, classes: Iterable[str]) -> bool:
    """Destroy the subject's keys of those of these classes under which nothing is held. False when somebody is adding
    to it: nothing is destroyed then. The last thing in a transaction, which begins here if there is none."""
    with transaction.atomic():
        if not locking.is_left_alone(subject):
            return False
        made = DataKey.objects.filter(subject=subject, retention__in=list(classes))
        ring.destroy(subject, _spent(subject, set(made.values_list("retention", flat=True))))
    return True


def destroy_after_commit(subject: UUID, classes: Iterable[str]) -> None:
    """For whoever removes rows: until that is committed, they may come back."""
    transaction.on_commit(partial(destroy_spent, subject, frozenset(classes)))


def destroy_left() -> None:
    """The spent keys that a crash, or somebody who was adding, left when rows were removed. Safe to repeat."""
    removed = ledger.Entry.objects.filter(act=Act.ROW_REMOVE, id__gt=first_id(timezone.now() - LOOKED_AFTER))
    for subject in {each for each in removed.values_list("subject", flat=True) if each is not None}:
        destroy_spent(subject, set(DataKey.objects.filter(subject=subject).values_list("retention", flat=True)))


def _spent(subject: UUID, classes: set[str]) -> set[str]:
    """A row that nobody can read may hold any of them."""
    rows = rows_of(subject) if classes else iter(())
    for row in rows:
        try:
            classes = classes - {each.retention for each in row.envelopes()}
        except Damaged:
            return set()
        if not classes:
            break
    return classes
