"""Whoever holds an invitation shows by what they will sign in, and works here from then on."""

from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.accounts import ceremonies
from upheld.accounts.answers import TooMany, WrongCode, WrongPasskey
from upheld.accounts.ceremonies import Ceremony
from upheld.accounts.second_factor import Setup
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff import codes, passkeys
from upheld.staff.inviting import invitation
from upheld.staff.models import Invitation, Member, StaffTotp


def begin_passkey(secret: str) -> Ceremony:
    """Ask the browser for the first passkey. Raises InvitationOver."""
    return passkeys.begin(invitation(secret).member)


@transaction.atomic
def by_passkey(secret: str, *, credential: str, challenge: str, name: str) -> Member | WrongPasskey:
    """Join with the passkey that the browser made (its JSON); `name` is what they call it. Raises InvitationOver,
    Refused."""
    found = invitation(secret, lock=True)
    made = ceremonies.made(credential, challenge=challenge)
    if made is None or not passkeys.kept(found.member, made, name=name):
        return WrongPasskey()
    return _joined(found, way="passkey")


def begin_codes(secret: str, *, password: str) -> Setup:
    """A password, and a secret for an app. Raises InvitationOver, CodesNotDeclared, PasswordUnfit."""
    return codes.begin(invitation(secret).member, password=password)


@transaction.atomic
def by_code(secret: str, *, code: str) -> Member | WrongCode | TooMany:
    """Join with the password chosen and a code of the app. Raises InvitationOver, CodesNotDeclared, Refused."""
    found = invitation(secret, lock=True)
    answer = codes.confirmed(found.member, code=code, by=Actor.staff(found.member.pk, job=""))
    return _joined(found, way="totp") if isinstance(answer, StaffTotp) else answer


def _joined(found: Invitation, *, way: str) -> Member:
    member, now = found.member, timezone.now()
    by = Actor.staff(member.pk, job="")
    require(Act.MEMBER_ENROL, by=by)
    found.used_at = member.enrolled_at = now
    found.save(update_fields=["used_at"])
    member.save(update_fields=["enrolled_at"])
    ledger.append(Act.MEMBER_ENROL, by=by, facts={"way": way})
    return member
