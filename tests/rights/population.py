"""A small population with every shape that the rooms allow. Of every person there is a row of every kind that their
shape can have, with a value in each sealed field that occurs nowhere else; and there are matters in which they meet."""

import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from upheld import vault
from upheld.policy import force
from upheld.policy.actors import Actor

SHAPES = {
    "account": frozenset({"sign_up"}),
    "guest": frozenset({"sign_up", "account", "address_change", "session", "passkey", "totp", "reset", "issued"}),
    "writer": frozenset(
        {"sign_up", "account", "address_change", "session", "passkey", "totp", "order", "shipment", "issued"}
    ),
    "unfinished": frozenset({"account", "address", "address_change", "session", "order", "shipment", "card", "issued"}),
}
"""What a person of each shape has no row of."""

_OWN = ("id", "subject", "sealed")
_CODES = {
    "choice.topic": "news.specials", "hold.reason": "claim", "hold.released_at": timezone.now(),
    "request_step.state": "open", "restriction.purpose": "news.products", "token.use": "confirm",
    "line.currency": "EUR", "order.currency": "EUR", "payment.currency": "EUR",
}  # fmt: skip
_REFERENCES = {"order": "order", "pays_for": "order", "conversation": "conversation", "request": "request",
               "message": "message", "payment": "payment", "card": "card"}  # fmt: skip
Place = tuple[str, UUID, str]  # label, row, field


@dataclass
class Someone:
    """A person, the rows about them, and what was planted in these."""

    shape: str
    subject: UUID = field(default_factory=vault.new_subject)
    planted: dict[Place, str] = field(default_factory=dict)
    rows: dict[str, list[UUID]] = field(default_factory=dict)

    @property
    def by(self) -> Actor:
        return Actor.person(self.subject)

    def of(self, name: str) -> dict[UUID, str]:
        """What was planted in a field, such as `order.email`, by row."""
        label, _, wanted = name.partition(".")
        return {row: value for (here, row, field), value in self.planted.items() if (here, field) == (label, wanted)}


def populate() -> list[Someone]:
    """One of each shape, and then: two who share an address before they signed up, an order with another's address, a
    change to one, and a conversation that names somebody else and tells their address."""
    people = [someone_of(shape) for shape in SHAPES]
    account, guest, _, unfinished = people
    theirs = next(iter(guest.of("address.email").values()))
    twin = someone_of("unfinished", {"sign_up.email": next(iter(unfinished.of("sign_up.email").values()))})
    friend = someone_of("account", {"order.email": theirs, "address_change.email": theirs})
    named = next(iter(account.of("order.name").values()))
    talker = someone_of("writer", {"message.text": f"{named} told me to write to {theirs}. {secrets.token_hex(8)}"})
    return [*people, twin, friend, talker]


@transaction.atomic
def someone_of(shape: str, given: dict[str, str] | None = None) -> Someone:
    someone = Someone(shape)
    for model in reversed(vault.people()):
        if model.label() not in SHAPES[shape]:
            for n in range(1 if _one_each(model) else 2):
                _plant(someone, model, (given or {}) if n == 0 else {})
    return someone


def _plant(someone: Someone, model: type[vault.AboutPerson], given: dict[str, str]) -> None:
    row = model(subject=someone.subject, **dict(_columns(someone, model)))
    if model.label() == "account":
        row.pk = someone.subject
    someone.rows.setdefault(model.label(), []).append(row.pk)
    if not isinstance(row, vault.Personal):
        row.save(force_insert=True)
        return
    by_source: dict[str, dict[str, str]] = {}
    for name, declared in model.sealed_fields().items():
        value = given.get(f"{model.label()}.{name}") or _value(name, declared.datum)
        by_source.setdefault(force.in_force().data[declared.datum].sources[0], {})[name] = value
        someone.planted[row.label(), row.pk, name] = value
    for source, values in by_source.items():
        vault.collect(row, values, source=source, by=someone.by)


def _value(name: str, datum: str) -> str:
    token = secrets.token_hex(8)
    if datum == "email":
        return f"canary.{token}@example.org"
    return base64.b64encode(token.encode()).decode() if name == "content" else f"=canary {name} {token}"


def _columns(someone: Someone, model: type[vault.AboutPerson]) -> Iterator[tuple[str, Any]]:
    for column in model._meta.concrete_fields:
        place = f"{model.label()}.{column.name}"
        if place in _CODES:
            yield column.name, _CODES[place]
        elif column.name in _REFERENCES and isinstance(column, models.UUIDField):
            yield column.name, someone.rows.get(_REFERENCES[column.name], [uuid7()])[0]
        elif column.name not in _OWN and not column.null and not column.has_default():
            yield column.name, _filler(column)


def _filler(column: "models.Field[Any, Any]") -> Any:
    if column.choices:
        return next(iter(column.choices))[0]
    fillers: dict[type[models.Field[Any, Any]], Any] = {
        models.DateTimeField: timezone.now, models.DateField: date.today,
        models.BinaryField: lambda: secrets.token_bytes(32),
        models.IntegerField: lambda: 1, models.UUIDField: uuid7, models.DecimalField: lambda: Decimal(1),
        models.JSONField: list, models.BooleanField: lambda: False,
    }  # fmt: skip
    return next((make() for kind, make in fillers.items() if isinstance(column, kind)), "")


def _one_each(model: type[vault.AboutPerson]) -> bool:
    unique = [each.fields for each in model._meta.constraints if isinstance(each, models.UniqueConstraint)]
    return bool(unique) or model.label() == "account"
