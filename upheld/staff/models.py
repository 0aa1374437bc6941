"""Members of staff, the ways in which they show who they are, and where they are signed in."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7


class Members(models.QuerySet[Any]):
    def here(self) -> "Members":
        """Those who have enrolled and have not left."""
        return self.filter(left_at=None).exclude(enrolled_at=None)


class Member(models.Model):
    """Someone who works here. `named` is sealed under a key of the program's own (`upheld.staff.sealing`); people are
    told `pseudonym`, which stays, and which the privacy officer can resolve."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pseudonym = models.CharField(max_length=12, unique=True)  # such as S-7KQ4M
    named = models.BinaryField()  # their name and address
    address_digest = models.BinaryField(max_length=32)  # keyed: who is here is not invited twice
    jobs = models.JSONField(default=list)  # names of the policy's jobs
    invited_at = models.DateTimeField()
    enrolled_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = Members.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address_digest"], condition=models.Q(left_at=None), name="one_member_an_address"
            )
        ]

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def is_here(self) -> bool:
        return self.enrolled_at is not None and self.left_at is None


class Invitation(models.Model):
    """A link by which a member enrols is out: the digest of its secret. It serves once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey(Member, models.CASCADE)
    digest = models.BinaryField(max_length=32, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation of {self.member_id}"


class StaffPasskey(models.Model):
    """A passkey (WebAuthn) of a member: what it is, sealed, and a digest of its random id to find it by."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey(Member, models.CASCADE)
    digest = models.BinaryField(max_length=32, unique=True)
    sealed = models.BinaryField()  # JSON: id, public_key, transports, name
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"passkey of {self.member_id}"


class StaffTotp(models.Model):
    """Codes by time (RFC 6238) in place of a passkey, where the setting staff.totp permits it."""

    member = models.OneToOneField(Member, models.CASCADE, primary_key=True)
    sealed = models.BinaryField()  # the secret
    password = models.BinaryField()  # the Argon2id hash of the password that goes with it, sealed
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"codes of {self.member_id}"


class DeskSessions(models.QuerySet[Any]):
    def live(self) -> "DeskSessions":
        return self.filter(expires_at__gt=timezone.now())


class DeskSession(models.Model):
    """A browser in which a member is signed in, or a visitor on the way there. `data` holds ids and times only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey(Member, models.CASCADE, null=True)
    digest = models.BinaryField(max_length=32)  # of the cookie's secret
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True)  # when they last showed that it is still them
    expires_at = models.DateTimeField(db_index=True)

    objects: ClassVar[Any] = DeskSessions.as_manager()

    def __str__(self) -> str:
        return f"session of {self.member_id}"


class Terminal(models.Model):
    """A login of the server at which a member works with `upheld`, once they said on the desk that it is them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    login = models.UUIDField(db_index=True)  # of the operating system's user, see `upheld.cli.staff`
    member = models.ForeignKey(Member, models.CASCADE, null=True)
    digest = models.BinaryField(max_length=32)  # of the code that is shown at the terminal
    asked_at = models.DateTimeField()
    allowed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # when the last command ran there
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"terminal {self.login}"
