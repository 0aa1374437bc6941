"""A conversation, what was said in it, and what was enclosed."""

from typing import Any, ClassVar

from django.db import models

from upheld.vault import AboutPerson, Personal, RowsAboutPeople, Sealed

REASONS = ("support", "order", "product", "press", "rights", "concern", "other")
"""What it is about, as far as a program can tell."""


class Conversations(RowsAboutPeople):  # type: ignore[type-arg, override]  # the plugin cannot see a QuerySet's child
    def open(self) -> "Conversations":
        """Those that somebody has still to answer, or to close, the longest waiting first."""
        return self.filter(closed_at=None).order_by("waiting_since", "id")


class Conversation(AboutPerson):
    """One matter that a person wrote about. A right that they use, or a concern, has one too when it came by letter."""

    number = models.CharField(max_length=12, db_index=True)  # what people are told: upheld.conversations.numbers
    reason = models.CharField(max_length=12, choices=[(each, each) for each in REASONS])
    language = models.CharField(max_length=8, default="en")  # in which it is answered, such as de
    opened_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)  # for our answer; None once it was given
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = Conversations.as_manager()  # type: ignore[assignment]  # likewise

    class Meta:
        indexes = [
            models.Index(fields=["waiting_since"], condition=models.Q(closed_at=None), name="open_conversations")
        ]

    def __str__(self) -> str:
        return f"conversation {self.number}"


class Message(Personal):
    """What one side said: a letter, a form on the site, or our answer."""

    case_of = "conversation"
    kept_from = "closed_at"

    conversation = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    is_ours = models.BooleanField(default=False)
    title = Sealed("message")  # a letter's subject line
    text = Sealed("message")
    closed_at = models.DateTimeField(null=True)  # when the conversation was closed: its period runs from then

    def __str__(self) -> str:
        return f"{'answer' if self.is_ours else 'message'} at {self.at:%Y-%m-%d %H:%M}"


class Attachment(Personal):
    """What was enclosed, byte for byte; never opened, and its name is not kept: names tell."""

    at_once = 1
    case_of = "conversation"
    kept_from = "closed_at"

    conversation = models.UUIDField(db_index=True)
    message = models.UUIDField()
    size = models.PositiveIntegerField()  # bytes
    content = Sealed("message")  # Base64 (RFC 4648)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.size} bytes"
