"""What a person is shown. Plain values: a door renders them, an export writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from upheld.policy.document import Policy


@dataclass(frozen=True, slots=True)
class Use:
    """A purpose of the policy that something may be opened for."""

    name: str
    title: str
    why: str
    choice: str


@dataclass(frozen=True, slots=True)
class Item:
    """One value that is held. `value` is None when it was not opened; then `withheld` says why, if it never is. A file
    is named only: it is opened for the copy (`rights.seeing.enclosed`)."""

    label: str
    row: UUID
    field: str
    datum: str
    title: str
    sensitive: bool
    value: str | None
    withheld: str
    uses: tuple[Use, ...]
    source: str
    source_words: str
    at: datetime
    retention: str
    retention_words: str
    until: date | None
    reason: str  # why a law has us keep it after a deletion; empty where none does
    recipients: tuple[str, ...]  # titles of those who may receive it by declaration
    received: tuple[str, ...]  # titles of those who did receive it
    how: str  # how it is corrected, one of rights.correcting

    @property
    def reference(self) -> str:
        return f"{self.label}:{self.row}"

    @property
    def is_file(self) -> bool:
        """Whether the value is a file, and not for reading."""
        return (self.label, self.field) == ("attachment", "content")


@dataclass(frozen=True, slots=True)
class Record:
    """Another row about the person, that holds nothing sealed: a choice, a session, a letter that was sent."""

    label: str
    title: str
    row: UUID
    words: str  # one sentence, where there is one for its kind
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row about the person: what is sealed in it, and what else it says."""

    label: str
    id: UUID
    items: tuple[Item, ...]
    record: Record | None


@dataclass(frozen=True, slots=True)
class Handed:
    """A disclosure that happened."""

    recipient: str
    title: str
    data: tuple[str, ...]
    purpose: str
    because: str
    at: datetime
    row: str  # where it was taken from, such as order:0192…
    entry: UUID


@dataclass(frozen=True, slots=True)
class Told:
    """That a recipient is to be told of a correction or an erasure of what it received, and whether it answered."""

    recipient: str
    title: str
    because: str
    reason: str  # corrected or erased
    asked: datetime
    told: datetime | None
    answered: datetime | None
    answer: str  # a code: done, or why not; empty until it answered


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the ledger about the person."""

    entry: UUID
    index: int | None  # its place in the log, None for a few seconds
    act: str
    words: str
    at: datetime
    by: Mapping[str, str]
    who: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Opening(Event):
    """That something was opened, shown masked, copied or printed: which row or table, which fields, what for, and the
    case, order or request."""

    row: str
    fields: tuple[str, ...]
    purpose: str
    purpose_title: str
    because: str

    @property
    def own(self) -> bool:
        """Whether the person themselves had it opened."""
        return self.by["kind"] == "person"

    def is_of(self, item: Item) -> bool:
        return item.field in self.fields and self.row in (item.reference, item.label)


@dataclass(frozen=True)
class Held:
    """Everything about one person, or the newest of each kind: then `older` says what there is besides. Openings and
    story are newest first."""

    subject: UUID
    policy: Policy
    seen_at: datetime
    rows: tuple[Row, ...]
    disclosures: tuple[Handed, ...]
    notices: tuple[Told, ...]
    openings: tuple[Opening, ...]
    story: tuple[Event, ...]
    older: Mapping[str, int]  # label, or name of a list above, to how many are not here; none that is zero

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for row in self.rows for item in row.items)

    @cached_property
    def records(self) -> tuple[Record, ...]:
        return tuple(row.record for row in self.rows if row.record)

    @property
    def nothing(self) -> bool:
        """Whether nothing is held about them: entries of the ledger, which hold ids and codes only, stay."""
        return not self.rows

    def openings_of(self, item: Item) -> tuple[Opening, ...]:
        return tuple(opening for opening in self.openings if opening.is_of(item))

    def disclosures_of(self, item: Item) -> tuple[Handed, ...]:
        return tuple(handed for handed in self.disclosures if item.datum in handed.data)
