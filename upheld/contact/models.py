"""Where someone is reached, what they chose to hear, and what was written to them."""

from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models

from upheld.policy import force
from upheld.vault import AboutPerson, Personal, RowsAboutPeople, Sealed


class Address(Personal):
    """The e-mail address of a person, one each. `find=True` makes it one person an address, too."""

    email = Sealed("email", find=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_address_each")]

    def __str__(self) -> str:
        return f"address of {self.subject}"


class Choices(RowsAboutPeople):  # type: ignore[type-arg, override]  # the plugin cannot see a QuerySet's child
    def of_topic(self, subject: UUID, topic: str) -> Self:
        """What this person said about a topic, the latest first."""
        return self.filter(subject=subject, topic=topic).order_by("-at", "-id")

    def may_write(self, subject: UUID, topic: str) -> bool:
        """Whether a letter about this topic may go to this person: their latest word, else the policy's default.

        A topic that is no choice of the policy's is never allowed.
        """
        if topic not in force.in_force().topics:
            return False
        latest = self.of_topic(subject, topic).values_list("allowed", flat=True).first()
        return by_default(topic) if latest is None else bool(latest)

    def standing(self, subject: UUID) -> dict[str, bool]:
        """Every topic of the policy, in its order, and whether we may write about it."""
        said = dict(self.filter(subject=subject).order_by("at", "id").values_list("topic", "allowed"))
        return {topic: bool(said.get(topic, by_default(topic))) for topic in force.in_force().topics}


def by_default(topic: str) -> bool:
    """An `opt_out` topic is allowed until refused, an `opt_in` topic refused until allowed."""
    return force.in_force().purposes[topic].choice == "opt_out"


class Choice(AboutPerson):
    """That a person allowed or refused letters about a topic. Never changed: a new word is a new row."""

    topic = models.CharField(max_length=60)  # a purpose of the policy that has a choice
    allowed = models.BooleanField()
    at = models.DateTimeField()
    source = models.CharField(max_length=40)

    objects: ClassVar[Any] = Choices.as_manager()  # type: ignore[assignment]  # likewise

    class Meta:
        indexes = [models.Index(fields=["subject", "topic", "at"], name="choice_latest")]

    def __str__(self) -> str:
        return f"{self.topic}: {'yes' if self.allowed else 'no'}"


class Letter(AboutPerson):
    """That a letter went out: its kind and time. Its words are kept nowhere in the database.

    The id is the file's name in the folder of letters and the left part of the Message-ID.
    """

    kind = models.CharField(max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
