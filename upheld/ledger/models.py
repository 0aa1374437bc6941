"""The ledger's tables. Entries are written once; only their place in the log is filled in afterwards."""

from datetime import datetime
from functools import cached_property
from typing import Any, Self
from uuid import UUID

from django.db import models

from upheld.ledger.entries import read_body


class EntryQuerySet(models.QuerySet["Entry"]):
    def of(self, subject: UUID) -> Self:
        """Everything that happened about a person, oldest first."""
        return self.filter(subject=subject).order_by("id")

    def waiting(self) -> Self:
        """Committed, and without a place in the log yet."""
        return self.filter(index=None).order_by("id")

    def placed(self) -> Self:
        return self.filter(index__isnull=False).order_by("index")


class Entry(models.Model):
    """One act. `body` is what was committed to; the columns beside it are copies to search by."""

    id = models.UUIDField(primary_key=True, editable=False)
    act = models.CharField(max_length=60)
    subject = models.UUIDField(null=True)
    body = models.BinaryField()
    salt = models.BinaryField()
    index = models.BigIntegerField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="ledger_of_subject"),
            models.Index(fields=["act", "id"], name="ledger_of_act"),
            models.Index(fields=["id"], name="ledger_waiting", condition=models.Q(index=None)),
        ]
        # Two partial indexes, so that neither database can take the one for the other: SQLite would find what waits
        # in a plain unique index, and sort all of it for every batch.
        constraints = [
            models.UniqueConstraint(
                fields=["index"], name="ledger_one_a_place", condition=models.Q(index__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.id}"

    @cached_property
    def parsed(self) -> dict[str, Any]:
        return read_body(bytes(self.body))

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = self.parsed["facts"]
        return facts

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.parsed["at"])

    @property
    def by(self) -> dict[str, str]:
        """Who: `kind`, and where they apply `id`, `name`, `job` and `case`."""
        actor: dict[str, str] = self.parsed["by"]
        return actor


class Tile(models.Model):
    """Up to 256 hashes of one level, eight levels of the tree apart (c2sp.org/tlog-tiles), the leftmost first."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"tile {self.level}/{self.index}"


class Checkpoint(models.Model):
    """A size and root that were signed: the newest, and the last one of each 256 entries."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()

    def __str__(self) -> str:
        return self.note
