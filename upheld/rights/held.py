"""What a person is shown. Plain values: a door renders them, an export writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
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
    """One value that is held. `value` is None when it was not opened; then `withheld` says why, if it never is."""

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
    recipients: tuple[str, ...]  # titles of those who may receive it by declaration
    how: str  # how it is corrected: "here", "address", "password" or "replace"

    @property
    def reference(self) -> str:
        return f"{self.label}:{self.row}"


@dataclass(frozen=True, slots=True)
class Record:
    """Another row about the person, that holds nothing sealed: a choice, a session, a letter that was sent."""

    label: str
    row: UUID
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Handed:
    """A disclosure that happened."""

    recipient: str
    title: str
    data: tuple[str, ...]
    purpose: str
    because: str
    at: datetime
    entry: UUID


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
    """That something was opened: which row or table, which fields, what for, and the case, order or request."""

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
    """Everything about one person; openings and story newest first."""

    subject: UUID
    policy: Policy
    seen_at: datetime
    items: tuple[Item, ...]
    records: tuple[Record, ...]
    disclosures: tuple[Handed, ...]
    openings: tuple[Opening, ...]
    story: tuple[Event, ...]

    @property
    def nothing(self) -> bool:
        """Whether nothing is held about them: entries of the ledger, which hold ids and codes only, stay."""
        return not self.items and not self.records

    def openings_of(self, item: Item) -> tuple[Opening, ...]:
        return tuple(opening for opening in self.openings if opening.is_of(item))

    def disclosures_of(self, item: Item) -> tuple[Handed, ...]:
        return tuple(handed for handed in self.disclosures if item.datum in handed.data)
