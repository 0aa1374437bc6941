"""Where someone is reached, what they chose to hear, and what was written to them."""

from collections.abc import Collection
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from upheld.policy import force
from upheld.vault import AboutPerson, Personal, RowsAboutPeople, Sealed


class Addresses(RowsAboutPeople):  # type: ignore[type-arg, override]  # the plugin cannot see a QuerySet's child
    def for_news(self) -> Self:
        """Those that somebody has shown to be theirs, and from which no letter came back for good."""
        return self.filter(verified_at__isnull=False, bounced_at=None)


class Address(Personal):
    """The e-mail address of a person, one each. `find=True` makes it one person an address, too."""

    email = Sealed("email", find=True)
    verified_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)  # a letter came back for good: no news goes there
    lane = models.PositiveSmallIntegerField(null=True)  # a keyed digest of the domain: upheld.contact.pacing

    objects: ClassVar[Any] = Addresses.as_manager()  # type: ignore[assignment]  # likewise

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

    def willing(self, subjects: Collection[UUID], topic: str) -> set[UUID]:
        """`may_write` for many people at once."""
        if topic not in force.in_force().topics:
            return set()
        said = self.filter(topic=topic, subject__in=subjects).order_by("at", "id").values_list("subject", "allowed")
        heard = dict(said)
        return {subject for subject in subjects if heard.get(subject, by_default(topic))}

    def standing(self, subject: UUID) -> dict[str, bool]:
        """Every topic of the policy, in its order, and whether we may write about it."""
        said = dict(self.filter(subject=subject).order_by("at", "id").values_list("topic", "allowed"))
        return {topic: bool(said.get(topic, by_default(topic))) for topic in force.in_force().topics}

    def sources(self, subject: UUID) -> dict[str, str]:
        """Where this person's latest word about each topic came from."""
        return dict(self.filter(subject=subject).order_by("at", "id").values_list("topic", "source"))


def by_default(topic: str) -> bool:
    """An `opt_out` topic is allowed until refused, an `opt_in` topic refused until allowed."""
    return force.in_force().purposes[topic].choice == "opt_out"


class Choice(AboutPerson):
    """That a person allowed or refused letters about a topic. Never changed: a new word is a new row."""

    over_from = "at"

    topic = models.CharField(max_length=60)  # a purpose of the policy that has a choice
    allowed = models.BooleanField()
    at = models.DateTimeField()
    source = models.CharField(max_length=40)

    objects: ClassVar[Any] = Choices.as_manager()  # type: ignore[assignment]  # likewise

    class Meta:
        indexes = [models.Index(fields=["subject", "topic", "at"], name="choice_latest")]

    def __str__(self) -> str:
        return f"{self.topic}: {'yes' if self.allowed else 'no'}"


class Interests(RowsAboutPeople):  # type: ignore[type-arg, override]  # likewise
    def interested(self, subjects: Collection[UUID], product: str) -> set[UUID]:
        """Which of these people said that they are interested in it."""
        return set(self.filter(product=product, subject__in=subjects).values_list("subject", flat=True))

    def standing(self, subject: UUID) -> dict[str, bool]:
        """Every product of the policy, in its order, and whether this person said that they are interested."""
        said = set(self.filter(subject=subject).values_list("product", flat=True))
        return {product: product in said for product in force.in_force().products}


class Interest(AboutPerson):
    """That a person is interested in a product. Nobody is taken to be: there is a row while they say so."""

    over_from = "at"

    product = models.CharField(max_length=60)  # of the policy's products
    at = models.DateTimeField()
    source = models.CharField(max_length=40)

    objects: ClassVar[Any] = Interests.as_manager()  # type: ignore[assignment]  # likewise

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "product"], name="interested_once")]

    def __str__(self) -> str:
        return self.product


class Bulletin(models.Model):
    """News to many, and how far its queueing has come. About nobody: counts only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    topic = models.CharField(max_length=60)
    product = models.CharField(max_length=60, default="", blank=True)
    title = models.CharField(max_length=200)
    text = models.TextField()  # CommonMark
    key = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - NULL is no key, of which many may be
    composed_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)  # queued for all
    last = models.UUIDField(null=True)  # the address up to which people have been asked about
    queued = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.title


class Suppression(models.Model):
    """That an address refused a topic before it was erased: a keyed digest, and nobody's id."""

    digest = models.BinaryField()  # 32 bytes: upheld.contact.suppressing
    topic = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "topic"], name="suppressed_once")]

    def __str__(self) -> str:
        return self.topic


class Letters(RowsAboutPeople):  # type: ignore[type-arg, override]  # likewise
    def due(self) -> Self:
        """Those that may be handed to the mail server now, the longest waiting first."""
        return self.filter(due_at__lte=timezone.now()).order_by("due_at", "id")


class Letter(AboutPerson):
    """A letter to a person: its kind and what became of it. Its words rest here, sealed, only until it has left.

    The id is the file's name in the folder of letters and the left part of the Message-ID, so that a letter that has
    to be handed over twice is one letter to whoever gets it.
    """

    ENDINGS = ("failed", "gone", "refused", "sent", "unknown")
    over_from = "ended_at"

    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    purpose = models.CharField(max_length=60, default="")
    goes_to = models.CharField(max_length=80, default="")  # the row with the address, such as address:0192…
    bulletin = models.UUIDField(null=True, db_index=True)  # the news that it brings, whose words are the same for all
    words = models.BinaryField(default=b"")  # upheld.contact.words
    due_at = models.DateTimeField(null=True, db_index=True)  # when to try next; None once it has ended
    lane = models.PositiveSmallIntegerField(null=True)  # its address's, while it is under way
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)  # while it is being handed over
    ending = models.CharField(max_length=8, default="sent")  # one of ENDINGS; empty while under way
    ended_at = models.DateTimeField(null=True)
    code = models.PositiveSmallIntegerField(null=True)  # what the mail server answered last (RFC 5321)

    objects: ClassVar[Any] = Letters.as_manager()  # type: ignore[assignment]  # likewise

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
