"""Retention ends by itself: what a class of the policy keeps for a period goes when the period is over.

With the subject's last envelope of a class goes the key of that class, so that older copies cannot be read either: the
key before the envelope's end is committed, so that after a crash the row is still here, and due. A row that holds
nothing any more goes with the rows that stayed with it.
"""

import time as clock
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction

from upheld import ledger
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.declarations import UNTIL_ERASED, RetentionClass
from upheld.vault import envelope, failing, holding, index
from upheld.vault.errors import Damaged
from upheld.vault.inventory import people, registry
from upheld.vault.rows import AboutPerson, Personal, first_id
from upheld.vault.scrubbing import scrub
from upheld.vault.spent import destroy_left, destroy_spent

BY = "retention"
PAUSES = (0.0, 0.1, 0.5, 2.0)  # seconds before each try, while somebody adds to what is held of the subject


class _Busy(Exception):
    """Somebody is adding to what is held of the subject."""


Due = tuple[Personal, str]  # a row, and the class whose envelope in it has had its time


def expire_due(*, today: date | None = None) -> int:
    """Shred every envelope whose period is over. Safe to interrupt and repeat; returns how many there were. One that
    fails keeps no other waiting."""
    day = today or datetime.now(UTC).date()
    gone = list[bool]()
    try:
        failing.each(lambda each: gone.append(_expire(*each, day)), due(today=day))
    finally:
        destroy_left()
        if any(gone):
            scrub(["keys", "default"])
    return sum(gone)


def due(*, today: date | None = None) -> Iterator[Due]:
    """Every row with an envelope that has had its time, and the envelope's class; of nobody whom a hold is about. Needs
    no key."""
    held = holding.held()
    return ((row, name) for row, name in over(today=today) if row.subject not in held)


def over(*, today: date | None = None, unreadable: set[str] | None = None) -> Iterator[Due]:
    """The same, also of those whom a hold is about. What nobody can read is passed over; the references of such
    rows go into `unreadable`."""
    day = today or datetime.now(UTC).date()
    for name, kept in force.in_force().retention.items():
        if kept.keep != UNTIL_ERASED:
            for model in holding_it(kept):
                old = readable(_old(model, _youngest(kept, day)), unreadable)
                yield from ((row, name) for row in old if _is_over(row, name, day))


def holding_it(kept: RetentionClass) -> list[type[Personal]]:
    """The models with fields of this class."""
    labels = {field.partition(".")[0] for field in kept.fields}
    return [model for model in registry() if model.label() in labels]


def _youngest(kept: RetentionClass, day: date) -> date:
    """No row made on this day or later can hold anything of the class that is due: a row is made at most a day after
    the first of what it holds was collected."""
    shortest = {"d": 1, "m": 28, "y": 365}[kept.keep[-1]] * int(kept.keep[:-1])
    return day - min(timedelta(days=shortest - 2), day - date(1970, 1, 1))


def _old(model: type[Personal], day: date) -> Iterator[Personal]:
    """Rows made before this day, page by page since some go meanwhile. Ids begin with the time."""
    last, before = UUID(int=0), first_id(datetime.combine(day, time(), UTC))
    while page := list(model._base_manager.filter(id__gt=last, id__lt=before).order_by("id")[: model.at_once]):
        yield from page
        last = page[-1].pk


def readable(rows: Iterable[Personal], unreadable: set[str] | None = None) -> Iterator[Personal]:
    """These but for those that nobody can read, whose references go into `unreadable`."""
    for row in rows:
        try:
            row.envelopes()
        except Damaged:
            if unreadable is not None:
                unreadable.add(row.reference)
        else:
            yield row


def _is_over(row: Personal, retention: str, day: date) -> bool:
    until = ends(row, retention)
    return until is not None and until + timedelta(days=1) <= day


def ends(row: Personal, retention: str) -> date | None:
    """The day until which the row may hold what it holds of this class; None where it holds none, or the period does
    not run."""
    rule = force.in_force().retention[retention]
    starts = [since(row, each) for each in row.envelopes() if each.retention == retention]
    days = [rule.until(start) for start in starts if start]
    return min((day for day in days if day), default=None)


def since(row: Personal, sealed: envelope.Envelope) -> date | None:
    """The day from which the period of an envelope runs; None while it does not."""
    if row.kept_from:
        moment: datetime | None = getattr(row, row.kept_from)
        return moment.astimezone(UTC).date() if moment else None
    return datetime.fromtimestamp(max(origin.at for origin in sealed.fields.values()), UTC).date()


def _expire(row: Personal, retention: str, day: date) -> bool:
    """Whether it is gone. While somebody adds to what is held of its subject it stays, for the next run if need be."""
    require(Act.RETENTION_END, by=Actor.system(BY), subject=row.subject)
    for pause in PAUSES:
        clock.sleep(pause)
        with suppress(_Busy):
            return _end(row, retention, day)
    return False


def _end(row: Personal, retention: str, day: date) -> bool:
    """Asked again under the row's lock: its period may have stopped running since it was found. Raises _Busy."""
    with transaction.atomic(durable=True):
        if not holding.may_go(row.subject):
            return False
        found = type(row)._base_manager.select_for_update().filter(subject=row.subject, pk=row.pk).first()
        if found is None or not any(readable([found])) or not _is_over(found, retention, day):
            return False
        cut(found, retention)
        facts: dict[str, ledger.Fact] = {"row": row.reference, "class": retention}
        ledger.append(Act.RETENTION_END, by=Actor.system(BY), subject=row.subject, facts=facts)
        if not destroy_spent(row.subject, [retention]):
            raise _Busy
    return True


def cut(row: Personal, retention: str) -> None:
    """Take the envelopes of a class out of a row; one that holds nothing any more goes, and what stayed with it."""
    ended = [each for each in row.envelopes() if each.retention == retention]
    index.leave(row, [name for each in ended for name in each.fields])
    left = [each for each in row.envelopes() if each.retention != retention]
    row.sealed = envelope.pack(left)
    if left:
        row.save(update_fields=["sealed"])
        return
    for model in people():
        if model.stays_with:
            _belonging(model, row).delete()
    row.delete()


def _belonging(model: type[AboutPerson], row: Personal) -> "models.QuerySet[Any]":
    return model._base_manager.filter(subject=row.subject, **{model.stays_with: row.pk})
