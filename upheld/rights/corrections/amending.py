"""The same value is often held twice, as a name is in several orders: where else, and correcting it there too."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from upheld import vault
from upheld.orders.models import Document
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.rights import words
from upheld.rights.corrections.correcting import ADDRESS, HERE, correct, how_to_correct_in
from upheld.rights.errors import NotHeld, Unacceptable
from upheld.rights.seen import records

PURPOSE = "correction"
Field = tuple[str, UUID, str]  # label, row and name


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere else that holds the same. `how` is `here`, or `address` where a verb of its own changes it."""

    label: str
    row: UUID
    field: str
    title: str  # as in: An order, Name
    how: str

    @property
    def reference(self) -> str:
        return f"{self.label}:{self.row}:{self.field}"


@dataclass(frozen=True, slots=True)
class Amended:
    """What became of the other places; `refused` holds a sentence for each that could not be corrected now."""

    count: int
    beside: Sequence[Document]
    refused: Sequence[str]


def same_elsewhere(subject: UUID, *, label: str, row: UUID, field: str, by: Actor) -> list[Place]:
    """The other fields of this person that hold the same value and can be corrected; ask before it is. Opens values of
    this person alone, for them. Raises NotHeld, Refused."""
    found = _row(subject, label, row, field)
    wanted = _shape(vault.open(found, [field], by=by, purpose=PURPOSE)[field])
    return list(_places(found, field, wanted, by))


def amend(subject: UUID, *, label: str, row: UUID, field: str, places: Iterable[Field], by: Actor) -> Amended:
    """Put what this field says now into other places of the same kind of field. Raises NotHeld, Refused."""
    found = _row(subject, label, row, field)
    value = vault.open(found, [field], by=by, purpose=PURPOSE)[field] or ""
    count, beside, refused = 0, list[Document](), list[str]()
    for other, id, name in places:
        if name != field or _row(subject, other, id, name).field(name).datum != found.field(field).datum:
            raise NotHeld(other)
        try:
            with transaction.atomic():
                beside += correct(subject, label=other, row=id, field=name, value=value, by=by)
            count += 1
        except Unacceptable as error:
            refused.append(str(error))
    return Amended(count, beside, refused)


def _places(found: vault.Personal, field: str, wanted: str, by: Actor) -> Iterator[Place]:
    policy, datum = force.in_force(), found.field(field).datum
    for model, fields in vault.registry().items():
        if field not in fields or fields[field].datum != datum:
            continue
        rows = [
            each
            for each in model._default_manager.filter(subject=found.subject).order_by("id")
            if each.pk != found.pk and field in each.held() and how_to_correct_in(each, field) in (ADDRESS, HERE)
        ]
        opened = vault.open(rows, [field], by=by, purpose=PURPOSE)
        for each, values in zip(rows, opened, strict=True):
            if _shape(values[field]) == wanted:
                title = f"{records.title(each.label())}, {words.field(policy, model, field)}"
                yield Place(each.label(), each.pk, field, title, how_to_correct_in(each, field))


def _row(subject: UUID, label: str, row: UUID, field: str) -> vault.Personal:
    model = vault.by_label(label)
    found: vault.Personal | None = model._default_manager.filter(subject=subject, pk=row).first() if model else None
    if found is None or field not in found.held():
        raise NotHeld(label)
    return found


def _shape(value: str | None) -> str:
    """Spaces and case make no difference: whoever corrects one means both."""
    return " ".join((value or "").split()).casefold()
