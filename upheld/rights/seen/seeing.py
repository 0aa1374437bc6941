"""Everything held about a person, from the registry: whatever a room comes to hold shows up here by itself."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from upheld import ledger, vault
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.document import Policy
from upheld.rights.erasure.deleting import can_delete
from upheld.rights.seen import handed, story
from upheld.rights.seen.held import Event, Held, Item, Opening, Row
from upheld.rights.seen.items import FILES, Reading
from upheld.rights.seen.paging import Listed
from upheld.rights.seen.story import OPENINGS
from upheld.vault.models import Disclosure, Notice


def see(subject: UUID, *, by: Actor, most: int | None = None) -> Held:
    """Everything, opened for the person's own access, or the newest `most` of each kind; files are named and not opened
    (`enclosed` does). Raises Refused unless they themselves ask."""
    require(Act.DATA_SEE, by=by, subject=subject)
    reading = Reading(subject, force.in_force(), by, most=most)
    files = tuple(chain.from_iterable(reading.of_files()))  # large: nobody is kept from writing while they are read
    with transaction.atomic():
        rows = (*chain.from_iterable(reading.of_the_rest()), *files)
        items = sum(len(row.items) for row in rows)
        ledger.append(Act.DATA_SEE, by=by, subject=subject, facts={"items": items})
    return _held(reading, rows, most)


def outline(subject: UUID, *, most: int | None = None) -> Held:
    """The same with no value opened: what is held, from where, and who looked. Needs no key and leaves no entry."""
    reading = Reading(subject, force.in_force(), None, most=most)
    return _held(reading, tuple(chain.from_iterable(reading.pages())), most)


def item(subject: UUID, *, label: str, row: UUID, field: str) -> Item | None:
    """One of them, not opened."""
    model = vault.by_label(label)
    found = model._default_manager.filter(subject=subject, pk=row) if model else ()
    reading = Reading(subject, force.in_force(), None, most=0)
    items = (each for here in found for each in reading.of([here])[0].items)
    return next((each for each in items if each.field == field), None)


def undeletable(held: Held) -> dict[UUID, str]:
    """Of the rows that were seen, those that cannot be deleted by themselves: why not, or where they can."""
    models, found = {model.label(): model for model in vault.people()}, dict[UUID, str]()
    for label in dict.fromkeys(row.label for row in held.rows if row.label in models):
        ids = [row.id for row in held.rows if row.label == label]
        for row in models[label]._base_manager.filter(subject=held.subject, pk__in=ids):
            if why_not := can_delete(row):
                found[row.pk] = why_not
    return found


def enclosed(subject: UUID, *, by: Actor) -> Iterator[tuple[UUID, str]]:
    """The files, opened one by one for the person's own access: the row of each, and its content in Base64. Raises
    Refused unless they themselves ask."""
    if vault.is_erased(subject):
        return
    for model, field in FILES.items():
        for page in Listed(model._base_manager.order_by("id"), subject=subject).pages(model.at_once):
            for row, opened in zip(page, vault.open(page, [field], by=by, purpose="access"), strict=True):
                if (content := opened[field]) is not None:
                    yield row.pk, content


def _held(reading: Reading, rows: tuple[Row, ...], most: int | None) -> Held:
    subject, policy = reading.subject, reading.policy
    openings, older_openings = _told(subject, policy, OPENINGS, most)
    events, older_events = _told(subject, policy, ~OPENINGS, most)
    disclosures, older_disclosures = _newest(Disclosure.objects.filter(subject=subject).order_by("-at"), most)
    notices, older_notices = _newest(Notice.objects.filter(subject=subject).order_by("-id"), most)
    older = {
        "disclosures": older_disclosures, "notices": older_notices, "openings": older_openings, "story": older_events,
    }  # fmt: skip
    return Held(
        subject=subject,
        policy=policy,
        seen_at=timezone.now(),
        rows=rows,
        disclosures=tuple(handed.disclosure(row, policy) for row in disclosures),
        notices=tuple(handed.notice(row, policy) for row in notices),
        openings=tuple(each for each in openings if isinstance(each, Opening)),
        story=events,
        older=reading.older | {name: count for name, count in older.items() if count},
    )


def _told(subject: UUID, policy: Policy, which: Q, most: int | None) -> tuple[tuple[Event, ...], int]:
    if most is not None:
        return story.newest(subject, policy, which, most)
    return tuple(chain.from_iterable(story.pages(subject, policy, which))), 0


def _newest(rows: QuerySet[Any], most: int | None) -> tuple[Sequence[Any], int]:
    found = list(rows[:most])
    return found, rows.count() - len(found) if len(found) == most else 0
