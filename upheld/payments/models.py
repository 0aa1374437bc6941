"""Cards that a processor keeps for people, what we asked it to do, and what it says happened."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from uuid_utils.compat import uuid7

from upheld.payments.processor import Kind
from upheld.vault import AboutPerson, Personal, RowsAboutPeople, Sealed

if TYPE_CHECKING:
    from upheld.payments.totals import Totals

KINDS = [(kind.value, kind.value) for kind in Kind]
CHALLENGED, DONE = "challenged", "done"


class Cards(RowsAboutPeople):  # type: ignore[type-arg, override]  # the plugin cannot see a QuerySet's child
    def of(self, subject: UUID) -> "Cards":
        """A person's cards, the default first."""
        return self.filter(subject=subject).order_by("-chosen_at", "-id")


class Card(Personal):
    """A card on file: what the processor tells us of it, and its token. Never the number, never the security code."""

    brand = Sealed("card")
    last4 = Sealed("card")
    expiry = Sealed("card")  # 2027-04
    token = Sealed("card")
    processor = models.CharField(max_length=20, db_index=True)
    added_at = models.DateTimeField()
    chosen_at = models.DateTimeField()  # the latest chosen is the default
    looked_at = models.DateTimeField(db_index=True)  # when its expiry was last opened to see how near it is
    declined_at = models.DateTimeField(null=True)  # while nobody was there, so that the person does not know yet
    told_at = models.DateTimeField(null=True)  # the letter that it expires soon or was declined, once

    objects: ClassVar[Any] = Cards.as_manager()  # type: ignore[assignment]  # likewise

    class Meta:
        indexes = [
            models.Index(
                fields=["declined_at"], condition=models.Q(declined_at__isnull=False, told_at=None), name="untold_cards"
            )
        ]

    def __str__(self) -> str:
        return f"card of {self.subject}"


class Keeping(models.Model):
    """That a processor is asked to keep the card behind a token, under this id. Names nobody.

    It makes the form that is sent twice one card; and what a crash left without a person's row is found by it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)  # the card's, once there is one
    digest = models.BinaryField(max_length=32, unique=True)  # of the token, which serves once
    processor = models.CharField(max_length=20)
    asked_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"card:{self.pk}"


class Payments(RowsAboutPeople):  # type: ignore[type-arg, override]  # likewise
    def for_thing(self, pays_for: UUID) -> "Payments":
        """What was tried to pay for it, the first try first."""
        return self.filter(pays_for=pays_for).order_by("attempt")


class Payment(AboutPerson):
    """One charge to one card for one thing. What was reserved, taken and given back are its movements."""

    stays_with: ClassVar[str] = "pays_for"

    pays_for = models.UUIDField(db_index=True)  # the id of the row that it pays for: an order
    attempt = models.PositiveSmallIntegerField()  # from 1; another one only after the one before came to nothing
    card = models.UUIDField()
    processor = models.CharField(max_length=20, db_index=True)
    processor_id = models.CharField(max_length=80, blank=True, db_index=True)  # the charge's; empty until it answered
    amount = models.BigIntegerField()  # minor units
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()

    objects: ClassVar[Any] = Payments.as_manager()  # type: ignore[assignment]  # likewise

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "pays_for", "attempt"], name="one_payment_a_try"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_of_something"),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"

    @property
    def totals(self) -> "Totals":
        """What its movements add up to. For many payments at once: `totals.of`."""
        from upheld.payments import totals

        return totals.of([self])[self.pk]

    @property
    def outcome(self) -> str:
        """Of asking for it to be authorised: empty, `challenged`, `done`, or why not."""
        asked = Instruction.objects.for_subject(self.subject).filter(payment=self.pk, kind=Kind.AUTHORISE)
        return asked.values_list("outcome", flat=True).first() or ""


class OfPayment(AboutPerson):
    """A row that belongs to a payment, and stays with what that pays for in the books."""

    stays_with: ClassVar[str] = "pays_for"

    pays_for = models.UUIDField()
    payment = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=16, choices=KINDS)
    amount = models.BigIntegerField()

    class Meta:
        abstract = True


class Instructions(RowsAboutPeople):  # type: ignore[type-arg, override]  # likewise
    def unanswered(self) -> "Instructions":
        return self.filter(answered_at=None)

    def of(self, payment: Payment, kinds: Collection[str] = tuple(Kind)) -> "Instructions":
        return self.filter(subject=payment.subject, payment=payment.pk, kind__in=kinds)


class Instruction(OfPayment):
    """That we asked the processor for something; the id is the idempotency key. Unanswered ones are asked again."""

    back = models.CharField(max_length=200, blank=True)  # the page of ours to which a 3-D Secure page leads
    off_session = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)  # done, challenged, or why not: one of answers.SENTENCES

    objects: ClassVar[Any] = Instructions.as_manager()  # type: ignore[assignment]  # likewise

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(answered_at=None), name="unanswered"),
            models.Index(fields=["answered_at"], condition=models.Q(outcome=CHALLENGED), name="challenged"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} for {self.payment}"


class Movement(OfPayment):
    """What the processor says happened, counted once by its id. Never changed."""

    at = models.DateTimeField()
    processor_id = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "payment", "processor_id"], name="moved_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} of {self.payment}"


class Reconciliation(models.Model):
    """That our books were compared with the processor's, and how many charges differed. It names nobody."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(db_index=True)
    since = models.DateTimeField(null=True)  # only charges made since; None: all
    checked = models.BigIntegerField()
    differences = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.checked} charges, {self.differences} differences"
