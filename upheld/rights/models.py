"""What this room keeps: an erasure that was asked for and is not finished yet."""

from django.db import models

from upheld.vault import AboutPerson


class ErasureRequest(AboutPerson):
    """That a person asked for erasure. It goes with their other rows, in the same transaction as the ledger's entry
    that says so: while the row is there the erasure is not done, and `erasing.resume` carries it on."""

    asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_erasure_a_person")]

    def __str__(self) -> str:
        return f"erasure of {self.subject}"


class MadeUp(models.Model):
    """A subject that is nobody: made up by a check, which exercises the rights on it and erases it again.

    The id stays, so that no count of what happened to people ever includes it.
    """

    id = models.UUIDField(primary_key=True, editable=False)  # the subject's
    made_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"made up: {self.id}"
