"""Which letters were taken, so that none counts twice: digests and codes, nothing that a letter said."""

from django.db import models


class Taken(models.Model):
    """That a letter was taken, and what became of it. About nobody: the digest is keyed."""

    digest = models.BinaryField(max_length=32, primary_key=True)  # upheld.mailbox.receiving
    at = models.DateTimeField(db_index=True)
    outcome = models.CharField(max_length=12)  # upheld.mailbox.answering
    kinds = models.JSONField(default=list)
    language = models.CharField(max_length=8)
    reason = models.CharField(max_length=400)  # codes

    def __str__(self) -> str:
        return f"{self.outcome} at {self.at:%Y-%m-%d %H:%M}"
