"""The tables that Upheld has for the same people, plain: values in clear, found by ordinary indexes."""

from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from uuid_utils.compat import uuid7


class Account(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid7)
    last_login = None
    created_at = models.DateTimeField()

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: list[str] = []

    def __str__(self) -> str:
        return f"account {self.id}"


class About(models.Model):
    """A row about a person."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    subject = models.UUIDField(db_index=True)

    class Meta:
        abstract = True


class Address(About):
    email = models.CharField(max_length=254, unique=True)
    source = models.CharField(max_length=20, default="sign_up")
    collected_at = models.DateTimeField(auto_now_add=True)
    verified_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"address of {self.subject}"


class Choice(About):
    topic = models.CharField(max_length=60)
    allowed = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.topic}: {self.allowed}"


class Device(About):
    """A browser that signed in."""

    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Card(About):
    """What the processor tells of a card, in clear."""

    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    expiry = models.CharField(max_length=7)
    token = models.CharField(max_length=80)
    added_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.brand} {self.last4}"


class Order(About):
    """Products, variants and countries are the shop's own tables: nothing in them is sealed on either side."""

    number = models.CharField(max_length=14, unique=True)
    name = models.CharField(max_length=200)
    address_line1 = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=100)
    postal_code = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    card = models.ForeignKey(Card, models.PROTECT)
    state = models.CharField(max_length=20, default="drafted", db_index=True)
    placed_at = models.DateTimeField(null=True)
    tracking = models.CharField(max_length=80, blank=True)
    shipped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number


class Talk(About):
    """A conversation."""

    number = models.CharField(max_length=12, db_index=True)
    waiting_since = models.DateTimeField(null=True, db_index=True)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number


class Line(About):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    variant = models.UUIDField(null=True)
    sku = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    quantity = models.IntegerField()
    price = models.BigIntegerField()
    tax = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.quantity} of {self.sku}"


class Payment(About):
    order = models.ForeignKey(Order, models.CASCADE, related_name="payments")
    charge = models.CharField(max_length=80, blank=True, db_index=True)
    amount = models.BigIntegerField()

    def __str__(self) -> str:
        return self.charge


class Movement(About):
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="movements")
    kind = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    processor_id = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Invoice(About):
    order = models.ForeignKey(Order, models.CASCADE)
    number = models.BigIntegerField(unique=True)
    is_credit = models.BooleanField(default=False)
    issued_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.number)


def forget(subject: UUID) -> None:
    """Delete every row about a person, as an ordinary application would."""
    for model in (Order, Card, Choice, Device, Address):
        model._default_manager.filter(subject=subject).delete()
    Account._default_manager.filter(pk=subject).delete()
