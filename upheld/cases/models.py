"""Cases: who took them, from when to when, what was noted on them, and what was out of the ordinary."""

from typing import Any, ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from upheld.cases.titles import title
from upheld.vault import AboutPerson, Personal, RowsAboutPeople, Sealed


class Cases(RowsAboutPeople):  # type: ignore[type-arg, override]  # the plugin cannot see a QuerySet's child
    def open(self) -> "Cases":
        return self.filter(closed_at=None)


class Case(AboutPerson):
    """A matter that somebody took or started. `about` is the id of the real thing: an order, a conversation, a request,
    an emergency; what `upheld.cases.kinds` knows of its kind says whether that is open still."""

    over_from = "closed_at"

    kind = models.CharField(max_length=20)  # as the policy's jobs name it
    about = models.UUIDField(db_index=True)
    number = models.CharField(max_length=14)  # of the order, conversation or request; of its own when about a person
    reason = models.CharField(max_length=40, blank=True)  # a code, where staff started it
    opened_at = models.DateTimeField()
    taken_by = models.UUIDField(null=True)  # a member of staff
    taken_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = Cases.as_manager()  # type: ignore[assignment]  # more than its parent's

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "about"], condition=models.Q(closed_at=None), name="one_open_case_a_matter"
            )
        ]
        indexes = [
            models.Index(fields=["taken_by"], condition=models.Q(closed_at=None), name="open_cases_of_member"),
            models.Index(fields=["kind", "about"], condition=models.Q(closed_at=None), name="open_cases_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{title(self.kind)} {self.number}"


class Turn(AboutPerson):
    """That a case was a member's, from when to when. Never changed once it is over: openings are judged by it."""

    over_from = "until"

    case = models.UUIDField(db_index=True)
    member = models.UUIDField(db_index=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ending = models.CharField(max_length=12, blank=True)  # closed, handed_back, handed_over, left, lapsed

    def __str__(self) -> str:
        return f"turn on {self.case}"


class Note(Personal):
    """What staff wrote down on a case, for whoever works on it next. The person sees it with everything else."""

    case_of = "about"
    kept_from = "closed_at"

    about = models.UUIDField(db_index=True)
    member = models.UUIDField()
    at = models.DateTimeField()
    text = Sealed("note")
    closed_at = models.DateTimeField(null=True)  # when the case was

    def __str__(self) -> str:
        return f"note of {self.at:%Y-%m-%d %H:%M}"


class Draft(Personal):
    """An answer that is not sent yet. It goes when it is, or after the days that the policy gives it."""

    case_of = "about"

    about = models.UUIDField(db_index=True)
    member = models.UUIDField()
    at = models.DateTimeField()
    text = Sealed("message")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "about", "member"], name="one_draft_a_member")]

    def __str__(self) -> str:
        return f"draft of {self.at:%Y-%m-%d %H:%M}"


class Glass(AboutPerson):
    """That somebody asks to open what no job of theirs covers; it counts for minutes once another member agreed, and is
    reviewed by the privacy officer. Its case, of the kind emergency, is about this row."""

    over_from = "reviewed_at"

    number = models.CharField(max_length=12, db_index=True)  # such as E-7K3Q9XMT
    reason = models.CharField(max_length=40)  # one of upheld.cases.glass.REASONS
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    agreed_by = models.UUIDField(null=True)
    ends_at = models.DateTimeField(null=True)  # set when somebody agreed
    refused_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)  # justified, unjustified

    def __str__(self) -> str:
        return f"emergency {self.number}"


class Oddity(models.Model):
    """Something about a member's openings that the privacy officer is to look at. It names no person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20)  # one of upheld.cases.noticing.KINDS
    member = models.UUIDField(db_index=True)
    case = models.CharField(max_length=60, blank=True)  # kind:id, where it is about one
    figure = models.CharField(max_length=80, blank=True)  # such as 31 openings in an hour, 9 at most before
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)  # when the privacy officer was written to
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)  # in_order, followed_up

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"


class Relation(models.Model):
    """An address that a member declared as their own, a colleague's or a relative's, under a keyed digest: cases of
    whoever has it are not theirs to take."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.UUIDField(db_index=True)
    digest = models.BinaryField(max_length=32)  # as the vault's index has it, of the datum email
    kind = models.CharField(max_length=10)  # own, colleague, relative
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "digest"], name="one_relation_an_address")]

    def __str__(self) -> str:
        return f"relation of {self.member}"


class BusyHour(models.Model):
    """How much a member opened, copied and printed in one hour, in one job: counted from the ledger, to compare with.
    An hour in which they did none of it has no row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.UUIDField()
    job = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)  # when it began
    opened = models.PositiveIntegerField(default=0)
    copied = models.PositiveIntegerField(default=0)
    printed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "job", "at"], name="one_busy_hour")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H} as {self.job}"


class Look(models.Model):
    """Up to when openings were counted and judged. There is one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"counted until {self.until:%Y-%m-%d %H}"
