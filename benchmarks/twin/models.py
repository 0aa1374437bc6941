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


def forget(subject: UUID) -> None:
    """Delete every row about a person, as an ordinary application would."""
    for model in (Choice, Device, Address):
        model._default_manager.filter(subject=subject).delete()
    Account._default_manager.filter(pk=subject).delete()
