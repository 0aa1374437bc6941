"""What an erasure would do, told before it is confirmed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from upheld import ledger, vault
from upheld.policy import force
from upheld.rights import words


@dataclass(frozen=True, slots=True)
class Going:
    """Rows of one kind that go at once. `titles` names what they hold, and is empty for rows with nothing sealed."""

    label: str
    rows: int
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staying:
    """Something that a law has us keep: no purpose but that reason opens it, and it goes on the day named."""

    label: str
    titles: tuple[str, ...]
    until: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    subject: UUID
    goes: tuple[Going, ...]
    stays: tuple[Staying, ...]
    entries: int  # of the ledger: ids and codes, in which nothing about the person can be read

    @property
    def rows(self) -> int:
        return sum(going.rows for going in self.goes)


def plan(subject: UUID) -> Plan:
    """What goes now and what stays until when and why. Opens nothing."""
    entries = ledger.Entry.objects.of(subject).count()
    return Plan(subject, tuple(_going(subject)), tuple(_staying(subject)), entries)


def _going(subject: UUID) -> Iterator[Going]:
    policy, kept = force.in_force(), vault.kept_classes()
    for model in reversed(vault.people()):
        rows, data = 0, dict[str, None]()
        for row in model._base_manager.filter(subject=subject):
            held = {e.retention: e.fields for e in row.envelopes()} if isinstance(row, vault.Personal) else {}
            going = [fields for retention, fields in held.items() if retention not in kept]
            rows += bool(going or not held)  # else all of the row stays
            data |= {_datum(model, name): None for fields in going for name in fields}
        if rows:
            yield Going(model.label(), rows, tuple(words.title(policy, datum) for datum in data))


def _staying(subject: UUID) -> Iterator[Staying]:
    policy, kept = force.in_force(), vault.kept_classes()
    for row in vault.rows_of(subject):
        for envelope in row.envelopes():
            if envelope.retention in kept:
                rule = policy.retention[envelope.retention]
                since = words.day(max(origin.at for origin in envelope.fields.values()))
                titles = tuple(words.title(policy, row.field(name).datum) for name in envelope.fields)
                yield Staying(row.label(), titles, rule.until(since), rule.reason)


def _datum(model: type[vault.AboutPerson], name: str) -> str:
    assert issubclass(model, vault.Personal)  # no other row has envelopes
    return model.field(name).datum
