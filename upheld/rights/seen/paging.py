"""Many rows about a person, a page at a time. Their ids are listed first, a few bytes each, so that memory stays small
and no query stays open while somebody takes their time with what was read."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import models

PAGE = 200
_ID = 16  # bytes of a UUID


class Listed:
    """The rows of a query about one person as it finds them now, in its order."""

    def __init__(self, rows: "models.QuerySet[Any]", *, subject: UUID) -> None:
        mine = rows.filter(subject=subject)
        self._rows = mine.order_by()
        self._ids = bytearray().join(id.bytes for id in mine.values_list("pk", flat=True).iterator(chunk_size=2000))

    def __len__(self) -> int:
        return len(self._ids) // _ID

    def pages(self, size: int = PAGE) -> Iterator[list[Any]]:
        """Those that are still there; no page is empty."""
        for first in range(0, len(self), size):
            found = self._rows.in_bulk(ids := self._some(first, size))
            if page := [found[id] for id in ids if id in found]:
                yield page

    def newest(self, most: int) -> "Listed":
        """The last `most` of them."""
        self._ids = self._ids[-most * _ID :] if most else bytearray()
        return self

    def _some(self, first: int, size: int) -> list[UUID]:
        ids = bytes(self._ids[first * _ID : (first + size) * _ID])
        return [UUID(bytes=ids[at : at + _ID]) for at in range(0, len(ids), _ID)]
