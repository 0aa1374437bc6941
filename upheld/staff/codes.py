"""A password and a code by time (TOTP, RFC 6238) in place of a passkey, where the setting staff.totp permits it. Never
one without the other: both are tried at once, and the answer does not tell which was wrong."""

import pyotp
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.accounts import limits, passwords
from upheld.accounts.answers import Refusal, TooMany, WrongCode
from upheld.accounts.second_factor import Setup, setup_of, step_of
from upheld.contact.addresses import read
from upheld.contact.errors import NotAnAddress
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff import sealing
from upheld.staff.errors import CodesNotDeclared
from upheld.staff.inviting import digest
from upheld.staff.models import Member, StaffPasskey, StaffTotp

TOGETHER = limits.Limit("staff.member_here", 8, 600)
MEMBER = limits.Limit("staff.member", 60, 3600)
HERE = limits.Limit("staff.here", 120, 3600)


class WrongTogether(Refusal):
    sentence = "The address, the password and the code do not belong together."


def are_declared() -> bool:
    return settings.HOME.number("staff.totp") == 1


def declared() -> None:
    """Raises CodesNotDeclared."""
    if not are_declared():
        raise CodesNotDeclared


def begin(member: Member, *, password: str) -> Setup:
    """A password, and a secret that counts once `confirmed` has seen a code of it. What was begun before is dropped.

    Raises CodesNotDeclared, PasswordUnfit.
    """
    declared()
    passwords.fit(password)
    encoded = passwords.hashed(password)  # outside of any transaction: it is slow
    secret = pyotp.random_base32()
    StaffTotp.objects.update_or_create(
        member=member,
        defaults={
            "sealed": sealing.seal({"secret": secret}, member=member.pk, what="totp"),
            "password": sealing.seal({"password": encoded}, member=member.pk, what="password"),
            "confirmed_at": None,
            "last_step": 0,
        },
    )
    return setup_of(secret)


def begun(member: Member) -> Setup | None:
    """The secret again, for somebody whose first code was wrong."""
    row = StaffTotp.objects.filter(member=member, confirmed_at=None).first()
    return setup_of(_secret(row)) if row else None


def confirmed(member: Member, *, code: str, by: Actor) -> StaffTotp | WrongCode | TooMany:
    """The app works. In a transaction. Raises CodesNotDeclared, Refused."""
    declared()
    require(Act.STAFF_TOTP_ADD, by=by)
    refused = limits.take([(TOGETHER, member.pk.bytes)])
    if refused is not None:
        return refused
    row = StaffTotp.objects.select_for_update().filter(member=member, confirmed_at=None).first()
    if row is None or not _serves(row, code):
        return WrongCode()
    row.confirmed_at = timezone.now()
    row.save(update_fields=["confirmed_at"])
    ledger.append(Act.STAFF_TOTP_ADD, by=by)
    return row


@transaction.atomic
def remove(member: Member, *, by: Actor) -> bool:
    """Without password and code from here on; False when there are none, or no passkey to sign in with. Raises
    Refused."""
    require(Act.STAFF_TOTP_REMOVE, by=by)
    if not StaffPasskey.objects.filter(member=member).exists():
        return False
    if not StaffTotp.objects.filter(member=member).delete()[0]:
        return False
    ledger.append(Act.STAFF_TOTP_REMOVE, by=by)
    return True


def has(member: Member) -> bool:
    return StaffTotp.objects.filter(member=member).exclude(confirmed_at=None).exists()


def answered(*, address: str, password: str, code: str, source: str) -> Member | WrongTogether | TooMany:
    """Whose address, password and code these are. `source` is where the request comes from, kept nowhere. An address
    of nobody costs the same work and gets the same answer. Raises CodesNotDeclared."""
    declared()
    try:
        whose = digest(read(address))
    except NotAnAddress:
        whose = digest(address)
    member = Member.objects.here().filter(address_digest=whose).first()
    return _tried(member, whose, password=password, code=code, source=source)


def shown_again(member: Member, *, password: str, code: str, source: str) -> Member | WrongTogether | TooMany:
    """Whether it is still them. Raises CodesNotDeclared."""
    declared()
    return _tried(member, bytes(member.address_digest), password=password, code=code, source=source)


def _tried(
    member: Member | None, whose: bytes, *, password: str, code: str, source: str
) -> Member | WrongTogether | TooMany:
    here = limits.whereabouts(source)
    refused = limits.take([(TOGETHER, here + whose), (MEMBER, whose), (HERE, here)])
    if refused is not None:
        return refused
    row = StaffTotp.objects.filter(member=member).exclude(confirmed_at=None).first() if member else None
    encoded = sealing.unseal(row.password, member=row.member_id, what="password")["password"] if row else None
    right = passwords.matches(password, encoded)
    if member is None or row is None or not right or not _used(row, code):
        return WrongTogether()
    limits.give_back(TOGETHER, here + whose)
    return member


@transaction.atomic
def _used(row: StaffTotp, code: str) -> bool:
    locked = StaffTotp.objects.select_for_update().filter(pk=row.pk).first()
    return locked is not None and _serves(locked, code)


def _serves(row: StaffTotp, code: str) -> bool:
    step = step_of(_secret(row), code, after=row.last_step)
    if step is None:
        return False
    row.last_step = step
    row.save(update_fields=["last_step"])
    return True


def _secret(row: StaffTotp) -> str:
    return str(sealing.unseal(row.sealed, member=row.member_id, what="totp")["secret"])
