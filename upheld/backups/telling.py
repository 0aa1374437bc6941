"""After a restore the people are told of what only they can say again. For the worker: a restore writes to nobody."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import vault
from upheld.backups import since
from upheld.backups.letters import SetBack
from upheld.backups.since import Lost
from upheld.contact import verbs as contact
from upheld.contact.locking import alone_with
from upheld.contact.models import Address, Letter
from upheld.ledger.models import Entry
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights import words
from upheld.vault import failing, locking

BY = Actor.system("restore")
LOOKED_AFTER = timedelta(days=7)
_done = set[UUID]()  # the restores of which this process has told everybody


def tell_due() -> int:
    """Write to everybody whom a restore of the last days has set back, once. Returns how many letters there were."""
    first = vault.first_id(timezone.now() - LOOKED_AFTER)
    restores = Entry.objects.placed().filter(act=Act.BACKUP_RESTORE, id__gt=first).exclude(id__in=_done)
    return sum(map(_tell, restores))


def _tell(restore: Entry) -> int:
    lost = since.lost(restore.facts["data"], restore.facts["log"])
    told = failing.each(partial(_write, restore, lost), list(_people(lost)))
    _done.add(restore.id)
    return told


def _people(lost: Lost) -> Iterator[UUID]:
    """Not to an address that its person has left."""
    yield from sorted((lost.corrections.keys() | lost.passwords | lost.ways_in) - lost.addresses)


def _write(restore: Entry, lost: Lost, subject: UUID) -> bool:
    with alone_with(subject), transaction.atomic():
        locking.alone_with(subject)
        address = Address.objects.filter(subject=subject).first()
        told = Letter.objects.filter(subject=subject, kind=SetBack.kind, at__gte=restore.at)
        if address is None or vault.is_erased(subject) or told.exists():
            return False
        fields = tuple(sorted({_title(label, name) for label, name in lost.corrections.get(subject, ())}))
        contact.send(SetBack(fields, subject in lost.passwords, subject in lost.ways_in), to=address, by=BY)
    return True


def _title(label: str, field: str) -> str:
    model = next(each for each in vault.registry() if each.label() == label)
    return words.title(force.in_force(), model.field(field).datum)
