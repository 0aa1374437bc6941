"""Sealed fields: what a model declares as personal, and the value that Python code gets to see of it."""

from typing import TYPE_CHECKING, Any, NoReturn, Self, overload

from django.db import models

from upheld.vault.errors import SealedMisuse

if TYPE_CHECKING:
    from upheld.vault.envelope import Origin

MASK = "•••"


class SealedValue:
    """Stands for a value that is held. Shows where it came from, never what it is.

    Printing gives `•••`; formatting, comparing, pickling and iterating raise SealedMisuse, so that a value cannot
    slip into a log, a query or a page by accident. It holds no key and no ciphertext.
    """

    __slots__ = ("datum", "origin", "retention")

    def __init__(self, datum: str, retention: str, origin: "Origin") -> None:
        self.datum = datum
        self.retention = retention
        self.origin = origin

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> NoReturn:
        raise SealedMisuse("formatted")

    def __eq__(self, other: object) -> NoReturn:
        raise SealedMisuse("compared")

    __hash__ = None  # type: ignore[assignment]  # not a dictionary's key either

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise SealedMisuse("pickled or copied")

    def __iter__(self) -> NoReturn:
        raise SealedMisuse("iterated")

    def __len__(self) -> NoReturn:
        raise SealedMisuse("measured")

    def __bool__(self) -> bool:
        return True


class Sealed:
    """A personal field of a model: `email = Sealed("email", find=True)`; the name is the policy's, under `data`.

    `find=True` keeps a blind index (`vault.find`), one holder a value: a second one raises AlreadyHeld.
    """

    name: str

    def __init__(self, datum: str, *, find: bool = False) -> None:
        self.datum = datum
        self.find = find

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        """Django hands over class attributes this way instead of setting them."""
        self.name = name
        setattr(model, name, self)

    @overload
    def __get__(self, row: None, model: type) -> Self: ...
    @overload
    def __get__(self, row: models.Model, model: type) -> SealedValue | None: ...

    def __get__(self, row: Any, model: type) -> Any:
        if row is None:
            return self
        for envelope in row.envelopes():
            if self.name in envelope.fields:
                return SealedValue(self.datum, envelope.retention, envelope.fields[self.name])
        return None

    def __set__(self, row: object, value: object) -> NoReturn:
        raise SealedMisuse("assigned: use vault.collect or vault.correct")
