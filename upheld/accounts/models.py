"""A person's account, the ways into it, and what is under way before there is one."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from upheld.accounts.periods import SIGN_UP_KEEPS
from upheld.vault import AboutPerson, Personal, RowsAboutPeople, Sealed


def new_stamp() -> str:
    return get_random_string(32)


class Account(Personal, AbstractBaseUser):
    """Someone who signed up. The id is the subject's; the address is the contact room's.

    `stamp` changes with the password; every session carries a digest of it, so a change ends the others.
    """

    password = Sealed("password")  # type: ignore[assignment]  # in place of Django's clear column; the Argon2id hash
    last_login = None  # sessions say when; one more column about people is one too many
    stamp = models.CharField(max_length=32, default=new_stamp)
    created_at = models.DateTimeField()

    objects: ClassVar[Any] = RowsAboutPeople.as_manager()
    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_account_each")]

    def __str__(self) -> str:
        return f"account of {self.subject}"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's sessions carry this; ours is of the stamp, since the password's hash cannot be read freely."""
        return salted_hmac("upheld.accounts.stamp", self.stamp, secret=secret, algorithm="sha256").hexdigest()


class CodeSent(models.Model):
    """A six-digit code went to an address: its keyed digest, and how often it was guessed at and sent."""

    digest = models.BinaryField(max_length=32)
    code_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()

    class Meta:
        abstract = True


class SignUps(RowsAboutPeople):  # type: ignore[type-arg, override]  # the plugin cannot see a QuerySet's child
    def unfinished(self) -> "SignUps":
        """Those that have had their day."""
        return self.filter(started_at__lt=timezone.now() - SIGN_UP_KEEPS)


class SignUp(Personal, CodeSent):
    """Someone began to sign up, under a subject of their own. Several may name one address: none blocks another."""

    email = Sealed("email")
    password = Sealed("password")
    card = Sealed("card")  # as the payments room writes it; empty when none was given

    objects: ClassVar[Any] = SignUps.as_manager()  # type: ignore[assignment]  # likewise

    def __str__(self) -> str:
        return f"sign-up of {self.subject}"


class AddressChange(Personal, CodeSent):
    """A person wants another address, and has yet to type the code that went there."""

    email = Sealed("email")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_address_change_each")]

    def __str__(self) -> str:
        return f"change of address of {self.subject}"


class Reset(AboutPerson):
    """A link for a new password is out: the keyed digest of its secret. Gone once used, or the password changes."""

    digest = models.BinaryField(max_length=32)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reset of {self.subject}"


class Passkey(Personal):
    """A passkey (WebAuthn). The credential id is sealed apart, as hexadecimal text, so that it can be found.

    `sign_count` stays in clear: it changes at every use, and says nothing but how often.
    """

    credential_id = Sealed("passkey", find=True)
    credential = Sealed("passkey")  # JSON: public_key, transports, name
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"passkey of {self.subject}"


class Totp(Personal):
    """A second factor by time (RFC 6238). It counts once confirmed; `last_step` keeps a code from serving twice."""

    secret = Sealed("totp")
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject"], name="one_totp_each")]

    def __str__(self) -> str:
        return f"second factor of {self.subject}"


class RecoveryCode(AboutPerson):
    """A code that serves once in place of the second factor: its keyed digest. The row goes with the use."""

    digest = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"recovery code of {self.subject}"


class Session(Personal):
    """A browser that is signed in. The cookie's secret is here as a digest; `data` holds ids and times only."""

    digest = models.BinaryField(max_length=32)
    data = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    device = Sealed("device")

    def __str__(self) -> str:
        return f"session of {self.subject}"


class Visit(models.Model):
    """A browser whose person we do not know: a session before signing in. Short-lived."""

    id = models.UUIDField(primary_key=True)
    digest = models.BinaryField(max_length=32)
    data = models.TextField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"visit {self.id}"


class Allowance(models.Model):
    """How much of a limit is used up: the time until which it is, under a keyed digest of whose it is."""

    key = models.BinaryField(primary_key=True, max_length=32)
    used_until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"used until {self.used_until:%H:%M:%S}"


def account_of(subject: UUID) -> Account | None:
    return Account.objects.filter(subject=subject, pk=subject).first()
