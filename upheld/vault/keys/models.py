"""The key store's tables. Whoever reads them without the root key learns which subjects exist, nothing more."""

from django.db import models


class DataKey(models.Model):
    """A subject's key for one retention class, wrapped. Deleting the row is the erasure."""

    pk = models.CompositePrimaryKey("subject", "retention", "version")
    subject = models.UUIDField()
    retention = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    root_version = models.PositiveIntegerField()
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return f"key {self.version} of {self.subject} for {self.retention}"


class ServiceKey(models.Model):
    """A key of the program's own, such as the blind index's, wrapped."""

    name = models.CharField(max_length=40, primary_key=True)
    root_version = models.PositiveIntegerField()
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class Erasure(models.Model):
    """That a subject's keys were destroyed. Written first and kept, so that it can be resumed after a crash
    and replayed over restored data. An id and times: nothing about the person."""

    subject = models.UUIDField(primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=80)
    because = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"erasure of {self.subject}"
