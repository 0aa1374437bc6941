"""The vault's own rows beside the data: where a value can be looked up, and what was handed out."""

from django.db import models

from upheld.vault.rows import AboutPerson, SubjectKey


class Lookup(models.Model):
    """One value of a field declared with find=True: its keyed digest, and the row that holds it.

    A table of its own, placed by digest, so that a value is unique among all people while every other table is
    placed by subject.
    """

    pk = models.CompositePrimaryKey("field", "digest")
    field = models.CharField(max_length=80)  # label.name
    digest = models.BinaryField(max_length=32)
    subject = SubjectKey()
    row = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.field} of {self.subject}"


class Disclosure(AboutPerson):
    """That a third party received something: what, and which order or request it answered. Once for each."""

    at = models.DateTimeField()
    recipient = models.CharField(max_length=40)
    purpose = models.CharField(max_length=60)
    fields = models.JSONField()
    because = models.CharField(max_length=80)
    entry = models.UUIDField()  # the ledger's

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "recipient", "because"], name="disclosed_once")]

    def __str__(self) -> str:
        return f"{self.recipient} for {self.because}"
