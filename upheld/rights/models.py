"""What this room keeps: what people asked for, how far it has come, and the secrets by which they confirm it."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from upheld.vault import AboutPerson, Personal, RowsAboutPeople, Sealed


class ErasureRequests(RowsAboutPeople):  # type: ignore[type-arg, override]  # the plugin cannot see a QuerySet's child
    def due(self) -> "ErasureRequests":
        """Those whose person cannot take them back any more, or that need not wait for that; the oldest first."""
        waits = models.Q(due_at__gt=timezone.now(), farewell_at=None)
        return self.exclude(waits).order_by("id")


class ErasureRequest(AboutPerson):
    """That a person asked for erasure. It goes with their other rows, in the same transaction as the ledger's entry
    that says so: while the row is there the erasure is not done, and `erasing.resume` carries it on."""

    SETTLES = ("cancel", "deliver")

    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # until when it can be taken back, where the policy declares such a time
    settle = models.CharField(max_length=8, default="cancel")  # what becomes of open orders, one of SETTLES
    restricted = models.JSONField(default=list)  # purposes that are stopped while it can be taken back
    farewell_at = models.DateTimeField(null=True)  # when it began, and its last letter was written

    objects: ClassVar[Any] = ErasureRequests.as_manager()  # type: ignore[assignment]  # likewise

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


class State(models.TextChoices):
    """Where a request is: the Data Rights Protocol 1.0's states (section 3.02), and two of our own."""

    OPEN = "open"
    NEED_VERIFICATION = "need_user_verification"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    FULFILLED = "fulfilled"
    PARTLY_FULFILLED = "partly_fulfilled"
    REVOKED = "revoked"
    DENIED = "denied"
    EXPIRED = "expired"


class Right(models.TextChoices):
    """What is asked for. The values are those of `upheld mailbox receive --json`."""

    OPT_OUT = "opt_out"
    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    CONCERN = "concern"


ENDED = (State.FULFILLED, State.PARTLY_FULFILLED, State.REVOKED, State.DENIED, State.EXPIRED)


class Requests(RowsAboutPeople):  # type: ignore[type-arg, override]  # the plugin cannot see a QuerySet's child
    def standing(self) -> "Requests":
        """Those that are not ended, the one that is due first first."""
        return self.filter(ended_at=None).exclude(state__in=ENDED).order_by("due_at", "id")


class Request(AboutPerson):
    """That a person uses one of their rights, or has a concern; what they wrote rests in its conversation."""

    over_from = "ended_at"

    number = models.CharField(max_length=12, db_index=True)  # what people are told, such as R-7K3Q-9XMT
    right = models.CharField(max_length=16, choices=Right.choices)
    state = models.CharField(max_length=24, choices=State.choices)
    reason = models.CharField(max_length=40, blank=True)  # a code of upheld.rights.reasons, when the state has one
    way = models.CharField(max_length=8)  # in which it came: letter, site or desk
    language = models.CharField(max_length=8, default="en")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()  # by the law that its clock is set to
    law = models.CharField(max_length=12)
    ended_at = models.DateTimeField(null=True)  # set in each state that is an end, and in no other
    conversation = models.UUIDField(null=True)
    promise = models.CharField(max_length=40, blank=True)  # the one that a concern is about, when it names one
    is_urgent = models.BooleanField(default=False)  # it says that the policy is broken now
    alarmed_at = models.DateTimeField(null=True)
    settle = models.CharField(max_length=8, default="cancel")  # of an erasure: what becomes of open orders
    reminded = models.PositiveSmallIntegerField(default=0)  # how many of the two warnings before it is due went out

    objects: ClassVar[Any] = Requests.as_manager()  # type: ignore[assignment]  # likewise

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(ended_at=None), name="requests_standing"),
            models.Index(fields=["conversation"], condition=models.Q(ended_at=None), name="requests_of_letters"),
        ]

    def __str__(self) -> str:
        return f"{self.right} {self.number}: {self.state}"


class Proposal(Personal):
    """A value that staff would put in place of one that is held, until the person says yes or no to it."""

    over_from = "proposed_at"

    request = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=40)  # the label of the row that is to be corrected
    row = models.UUIDField()
    name = models.CharField(max_length=40)  # of the field
    proposed_at = models.DateTimeField()
    value = Sealed("message")

    def __str__(self) -> str:
        return f"{self.name} of {self.kind}"


class RequestStep(AboutPerson):
    """What became of a request, and when. Never changed."""

    over_from = "at"

    request = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=24)
    reason = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"{self.state} at {self.at:%Y-%m-%d %H:%M}"


class Token(AboutPerson):
    """That whoever has this secret may do one thing, once, before it expires. Of the secret, the digest is here."""

    USES = ("code", "confirm", "correct", "fetch")
    over_from = "expires_at"

    digest = models.BinaryField(max_length=32, db_index=True)
    use = models.CharField(max_length=8)  # one of USES
    requests = models.JSONField(default=list)  # those that it is for, each as subject:id
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.use} until {self.expires_at:%Y-%m-%d}"
