"""The vault's own rows beside the data: where a value can be looked up, and what was handed out."""

from django.db import models
from uuid_utils.compat import uuid7

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
    row = models.CharField(max_length=80, default="")  # where it was taken from; empty for those of before
    entry = models.UUIDField()  # the ledger's

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "recipient", "because"], name="disclosed_once")]

    def __str__(self) -> str:
        return f"{self.recipient} for {self.because}"


class Notice(models.Model):
    """That a recipient is to be told of a correction, or an erasure, of what it received (GDPR, article 19).

    Outlives the erasure: ids and codes only. `because` is what the recipient knows the matter by: we named it so when
    we handed the data over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = SubjectKey()
    recipient = models.CharField(max_length=40)
    because = models.CharField(max_length=80)
    reason = models.CharField(max_length=10, choices=[("corrected", "corrected"), ("erased", "erased")])
    asked_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)  # when the recipient was last asked, whatever it said
    told_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=40, blank=True)  # a code: done, or why not

    def __str__(self) -> str:
        return f"{self.recipient}: {self.because} {self.reason}"


class Hold(AboutPerson):
    """That a law has us keep what is held of somebody for now: nothing of it is erased until the hold has ended."""

    REASONS = ("authority", "claim", "investigation", "litigation")
    over_from = "released_at"

    reason = models.CharField(max_length=16)  # one of REASONS
    placed_at = models.DateTimeField()
    until = models.DateField()  # the last day; it ends by itself after it
    released_at = models.DateTimeField(null=True)  # when it ended, if it has

    def __str__(self) -> str:
        return f"{self.reason} until {self.until}"


class Restriction(AboutPerson):
    """That a person's data are not opened for a purpose, although they are kept (GDPR, articles 18 and 21)."""

    over_from = "placed_at"

    purpose = models.CharField(max_length=60)  # of the policy
    placed_at = models.DateTimeField()
    lifts_at = models.DateTimeField(null=True)  # when it ends by itself, once the person has been told (article 18(3))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "purpose"], name="restricted_once")]

    def __str__(self) -> str:
        return f"not for {self.purpose}"
