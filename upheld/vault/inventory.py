"""Which models hold personal data: the inventory of the policy page, of sight, correction and erasure."""

from collections.abc import Iterator
from functools import cache
from uuid import UUID

from django.apps import apps

from upheld.policy.document import Policy
from upheld.vault.errors import Undeclared
from upheld.vault.rows import AboutPerson, Personal
from upheld.vault.sealed import Sealed


@cache
def people() -> tuple[type[AboutPerson], ...]:
    """Every model with rows about a person, children before the rows that they point to."""
    found = [model for model in apps.get_models() if issubclass(model, AboutPerson)]
    return tuple(sorted(found, key=_depth, reverse=True))


@cache
def registry() -> dict[type[Personal], dict[str, Sealed]]:
    """Every model with sealed fields, and those fields by name."""
    return {model: model.sealed_fields() for model in reversed(people()) if issubclass(model, Personal)}


def by_label(label: str) -> type[Personal] | None:
    return next((model for model in registry() if model.label() == label), None)


def rows_of(subject: UUID) -> Iterator[Personal]:
    """Every row that holds something sealed of this subject, room by room, oldest first."""
    for model in registry():
        yield from model._default_manager.filter(subject=subject).order_by("id").iterator(chunk_size=model.at_once)


def rows_on(matter: UUID, *, of: UUID) -> Iterator[Personal]:
    """Every row of this subject that belongs to one matter: what was said, enclosed, noted or drafted about it."""
    for model in registry():
        if model.case_of:
            found = model._default_manager.filter(subject=of, **{model.case_of: matter}).order_by("id")
            yield from found.iterator(chunk_size=model.at_once)


def check_declared(policy: Policy) -> None:
    """Raises Undeclared when a model holds a field that this policy does not declare."""
    for model, fields in registry().items():
        for name, field in fields.items():
            if field.datum not in policy.data:
                raise Undeclared(field.datum, f"{model.label()}.{name}")


def _depth(model: type[AboutPerson]) -> int:
    parents = [f.related_model for f in model._meta.get_fields() if f.many_to_one and f.concrete]
    return 1 + max((_depth(p) for p in parents if isinstance(p, type) and issubclass(p, AboutPerson)), default=0)
