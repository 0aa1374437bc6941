"""What the checks saw, over time."""

from typing import Self

from django.db import models
from uuid_utils.compat import uuid7

from upheld.policy import Promise


class CheckRunQuerySet(models.QuerySet["CheckRun"]):
    def newest(self) -> Self:
        """The last run of each promise."""
        last = CheckRun.objects.filter(promise=models.OuterRef("promise")).order_by("-id").values("id")[:1]
        return self.filter(id=models.Subquery(last))


class CheckRun(models.Model):
    """A verdict and how long it stood: a run that sees what the one before saw prolongs its row, so that the history
    is one of changes. No row is about a person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    promise = models.CharField(max_length=40)
    verdict = models.CharField(max_length=12)
    figure = models.TextField()
    details = models.JSONField(default=list)
    first_at = models.DateTimeField()
    at = models.DateTimeField()  # of the last run that saw the same
    seconds = models.FloatField()
    runs = models.PositiveIntegerField(default=1)

    objects = CheckRunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["promise", "id"], name="runs_of_promise")]
        constraints = [
            models.CheckConstraint(condition=models.Q(promise__in=[p.value for p in Promise]), name="known_promise")
        ]

    def __str__(self) -> str:
        return f"{self.promise}: {self.verdict}"
