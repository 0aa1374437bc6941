"""Everybody who was ever erased, and what a restore has brought back of them. Read by many at a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.utils import timezone

from upheld import vault
from upheld.backups.standing import Standing
from upheld.builds import possession
from upheld.contact import verbs as contact
from upheld.ledger.models import Entry
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights.requests.writers import ordered_with
from upheld.vault.keys.models import DataKey, Erasure
from upheld.vault.models import Lookup
from upheld.vault.rows import Personal

BY = Actor.system("restore")
AT_ONCE = 500


def everybody(standing: Standing) -> Iterator[list[UUID]]:
    """By the ledger, by the key store whatever the ledger says, and those whose erasure had begun; some at a time."""
    every = iter(all_of(standing))
    while some := list(islice(every, AT_ONCE)):
        yield some


def all_of(standing: Standing) -> dict[UUID, None]:
    """The same, all at once; in the order in which they are first named."""
    found = dict.fromkeys(Entry.objects.filter(act=Act.SUBJECT_SHRED).values_list("subject", flat=True).iterator())
    found |= dict.fromkeys(Erasure.objects.values_list("subject", flat=True).iterator())
    found |= dict.fromkeys(standing.erasing)
    return {each: None for each in found if each is not None}


def erase_again(subject: UUID) -> None:
    """Their builds are stopped and their refusals kept as keyed digests first, as at the first time; then keys and rows
    go."""
    entry = Entry.objects.filter(subject=subject, act=Act.SUBJECT_SHRED).first()
    at, because = (entry.at, str(entry.facts.get("because", ""))) if entry else (timezone.now(), "request")
    _put_on_record(subject, at, because)
    possession.forget_all(subject)
    contact.suppress(subject, elsewhere=ordered_with(subject))
    contact.burn_letters(subject)
    vault.shred(subject, by=BY, because=because)


def _put_on_record(subject: UUID, at: datetime, because: str) -> None:
    """In the key store, so that nothing of theirs is sealed again, and no hold of before is in the way."""
    values = {"started_at": at, "by": BY.kind.value, "because": because}
    Erasure.objects.get_or_create(subject=subject, defaults=values)


def still_there(subjects: Sequence[UUID]) -> set[UUID]:
    """Those of these people of whom a key, a look-up or a row is here that an erasure leaves to nobody, or whom the key
    store does not know to be erased."""
    kept = vault.kept_classes()
    missing = set(subjects) - set(Erasure.objects.filter(subject__in=subjects).values_list("subject", flat=True))
    looked_up = set(Lookup.objects.filter(subject__in=subjects).values_list("subject", flat=True))
    keys = set(DataKey.objects.filter(subject__in=subjects).values_list("subject", "retention"))
    staying, found = _sealed(subjects, kept)
    found |= {subject for subject, retention in keys if retention not in kept or subject not in staying}
    return found | missing | looked_up | set(_others(subjects, staying))


def _sealed(subjects: Sequence[UUID], kept: frozenset[str]) -> tuple[dict[UUID, set[UUID]], set[UUID]]:
    """By subject the rows that stay for a kept class, and the subjects with rows that hold more than that."""
    staying, more = dict[UUID, set[UUID]](), set[UUID]()
    for model in vault.registry():
        for row in model._base_manager.filter(subject__in=subjects).iterator(chunk_size=model.at_once):
            classes = row.classes()
            if classes & kept:
                staying.setdefault(row.subject, set()).add(row.pk)
            if not classes or classes - kept:
                more.add(row.subject)
    return staying, more


def _others(subjects: Sequence[UUID], staying: dict[UUID, set[UUID]]) -> Iterable[UUID]:
    """Those with rows that hold nothing sealed, and belong to none that stays."""
    for model in vault.people():
        if not issubclass(model, Personal):
            columns = ("subject", model.stays_with) if model.stays_with else ("subject", "pk")
            for subject, owner in model._base_manager.filter(subject__in=subjects).values_list(*columns):
                if not model.stays_with or owner not in staying.get(subject, ()):
                    yield subject
