"""Rows about a person: what they have in common, so that erasure, sight and distribution reach every one."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from uuid_utils.compat import uuid7

from upheld.vault import envelope
from upheld.vault.errors import Damaged, SubjectChanged, UnknownField
from upheld.vault.sealed import Sealed


def new_subject() -> UUID:
    """An id for a person: time-ordered (UUIDv7), and nothing else about them."""
    subject: UUID = uuid7()
    return subject


def first_id(moment: datetime) -> UUID:
    """The least id that a row made at this moment can have: ids begin with their time (RFC 9562, 5.7)."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


class SubjectKey(models.UUIDField):  # type: ignore[type-arg]  # generic in the stubs only
    """The person whom a row is about. Never changes; a distributed database places rows by it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"db_index": True, "editable": False, **options})


M = TypeVar("M", bound="AboutPerson", covariant=True)


class RowsAboutPeople(models.QuerySet[M]):
    def for_subject(self, subject: UUID) -> Self:
        return self.filter(subject=subject)

    def lock(self, row: Any) -> Any:
        """The row as it is now, locked until the transaction ends (SQLite's transactions lock as a whole)."""
        return self.select_for_update().get(subject=row.subject, pk=row.pk)


class AboutPerson(models.Model):
    """A row about a person that need hold nothing sealed. Every write names subject and id."""

    stays_with: ClassVar[str] = ""
    """The column with the id of the row that this one belongs to: at an erasure it stays exactly while that row does,
    for a class that the policy keeps for a reason. Empty: it goes."""
    over_from: ClassVar[str] = ""
    """The column with the moment from which this row only tells what happened, and is no reason any more to keep a
    person of whom nothing else is left. Empty: it is one while it is there."""

    at_once: ClassVar[int] = 500
    """How many rows whoever reads all of them holds in memory: few, where one row may be large."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = SubjectKey()

    objects = RowsAboutPeople.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def label(cls) -> str:
        """The model's name in the policy and in the ledger: `SignUp` is `sign_up`. Part of the envelope's binding."""
        return _label(cls.__name__)

    @property
    def reference(self) -> str:
        """What a ledger entry or a disclosure calls this row: `order:0192…`."""
        return f"{self.label()}:{self.pk}"

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **rest: Any) -> Self:
        row = super().from_db(db, field_names, values, **rest)
        row._subject_read = row.__dict__.get("subject")
        return row

    _subject_read: UUID | None = None

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *rest: Any) -> Any:
        # Django's own save names the id only; a distributed table needs the subject beside it.
        if self._subject_read not in (None, self.subject):
            raise SubjectChanged(self.label(), self.pk)
        return super()._do_update(base_qs.filter(subject=self.subject), using, pk_val, values, *rest)

    def delete(self, using: Any = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        return type(self)._base_manager.filter(subject=self.subject, pk=self.pk).delete()


class Personal(AboutPerson):
    """A row with sealed fields, all of them in one column of envelopes (`upheld.vault.envelope`)."""

    case_of: ClassVar[str] = ""
    """The column with the id of the one matter that this row belongs to: staff open it on that case and on no other.
    Empty: on any case about the person that their job has."""
    kept_from: ClassVar[str] = ""
    """The column with the moment from which the periods of the policy's retention run; while it is empty, they do not.
    Without one they run from when each value was collected."""

    sealed = models.BinaryField(default=b"", editable=False)

    class Meta:
        abstract = True

    @classmethod
    def sealed_fields(cls) -> dict[str, Sealed]:
        """Attribute name to declaration, in the order of declaration."""
        return _sealed_fields(cls)

    @classmethod
    def field(cls, name: str) -> Sealed:
        fields = cls.sealed_fields()
        if name not in fields:
            raise UnknownField(cls.label(), name, ", ".join(fields))
        return fields[name]

    @classmethod
    def data_of(cls, names: Iterable[str]) -> tuple[str, ...]:
        """The policy's names of these fields, each once."""
        return tuple(dict.fromkeys(cls.field(name).datum for name in names))

    @property
    def place(self) -> envelope.Place:
        return envelope.Place(self.label(), self.id, self.subject)

    def envelopes(self) -> list[envelope.Envelope]:
        return envelope.unpack(self.sealed, place=self.place)

    def readable(self) -> list[envelope.Envelope]:
        """The same; of a row that nobody can read, none: it is in nobody's books, and goes with the others."""
        try:
            return self.envelopes()
        except Damaged:
            return []

    def classes(self) -> frozenset[str]:
        """The retention classes of what it holds; needs no key. Of a row that nobody can read: none."""
        return frozenset(each.retention for each in self.readable())

    def held(self) -> dict[str, envelope.Origin]:
        """Which fields this row holds, and where each came from; needs no key."""
        return {name: origin for e in self.envelopes() for name, origin in e.fields.items()}


@cache
def _label(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@cache
def _sealed_fields(model: type[Personal]) -> dict[str, Sealed]:
    return {n: f for base in reversed(model.__mro__) for n, f in vars(base).items() if isinstance(f, Sealed)}
