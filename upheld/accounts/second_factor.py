"""The second factor: codes by time (TOTP, RFC 6238), and recovery codes for when the device is lost."""

import hmac
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyotp
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.accounts import codes, limits
from upheld.accounts.answers import Gone, TooMany, WrongCode
from upheld.accounts.letters import RecoveryCodesMade, RecoveryCodeUsed, TotpAdded, TotpRemoved
from upheld.accounts.models import Account, RecoveryCode, Totp
from upheld.accounts.notices import notify
from upheld.accounts.presence import Proof
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

PURPOSE = "sign_in"
STEP = 30  # seconds: RFC 6238's default, which every authenticator app takes
GUESSES = limits.Limit("second_factor", 10, 600)
CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what is mistaken for something else; 10 letters are 49 bits


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app needs: the secret (base32), and both in one `otpauth:` address for a QR code."""

    secret: str
    uri: str


@transaction.atomic
def begin_totp(account: Account, *, proof: Proof, by: Actor) -> Setup | Gone:
    """A new secret, which counts once `confirm_totp` has seen a code of it. Gone when a factor is set up already.

    Raises NotProven.
    """
    proof.check(account)
    require(Act.TOTP_ADD, by=by, subject=account.subject)
    Account.objects.lock(account)
    if Totp.objects.for_subject(account.subject).exclude(confirmed_at=None).exists():
        return Gone()
    Totp.objects.for_subject(account.subject).delete()
    secret = pyotp.random_base32()
    vault.collect(Totp(subject=account.subject), {"secret": secret}, source="account", by=by)
    return setup_of(secret)


@transaction.atomic
def unconfirmed_totp(account: Account, *, by: Actor) -> Setup | None:
    """The secret again, for someone whose first code was wrong."""
    row = Totp.objects.for_subject(account.subject).filter(confirmed_at=None).first()
    return setup_of(_secret(row, by=by)) if row else None


@transaction.atomic
def confirm_totp(account: Account, *, code: str, by: Actor) -> list[str] | WrongCode | TooMany | Gone:
    """The app works: from here on signing in with the password asks for a code. Returns the recovery codes, once."""
    require(Act.TOTP_ADD, by=by, subject=account.subject)
    refused = limits.take([(GUESSES, account.subject.bytes)])
    if refused is not None:
        return refused
    row = Totp.objects.select_for_update().filter(subject=account.subject, confirmed_at=None).first()
    if row is None:
        return Gone()
    if not _serves(row, code, by=by):
        return WrongCode()
    row.confirmed_at = timezone.now()
    row.save(update_fields=["confirmed_at"])
    ledger.append(Act.TOTP_ADD, by=by, subject=account.subject, facts={"row": row.reference})
    notify(account, TotpAdded(), by=by)
    return _made(account, by=by)


@transaction.atomic
def remove_totp(account: Account, *, proof: Proof, by: Actor) -> bool:
    """Without the second factor, and its recovery codes. False when there is none. Raises NotProven."""
    proof.check(account)
    require(Act.TOTP_REMOVE, by=by, subject=account.subject)
    row = Totp.objects.select_for_update().filter(subject=account.subject).first()
    if row is None:
        return False
    row.delete()
    RecoveryCode.objects.for_subject(account.subject).delete()
    if row.confirmed_at:
        ledger.append(Act.TOTP_REMOVE, by=by, subject=account.subject, facts={"row": row.reference})
        notify(account, TotpRemoved(), by=by)
    return True


@transaction.atomic
def make_recovery_codes(account: Account, *, proof: Proof, by: Actor) -> list[str]:
    """Ten new codes in place of the ones before; they are shown this once. Raises NotProven."""
    proof.check(account)
    notify(account, RecoveryCodesMade(), by=by)
    return _made(account, by=by)


@transaction.atomic
def confirm_code(account: Account, *, code: str, by: Actor) -> str | WrongCode | TooMany:
    """Whether this is the second factor's code now, or a recovery code, which is used up by it.

    Returns which one, `totp` or `recovery_code`, as `start_session` wants to know.
    """
    refused = limits.take([(GUESSES, account.subject.bytes)])
    if refused is not None:
        return refused
    row = Totp.objects.select_for_update().filter(subject=account.subject).exclude(confirmed_at=None).first()
    if row and _serves(row, code, by=by):
        limits.give_back(GUESSES, account.subject.bytes)
        return "totp"
    if row and _used(account, code):
        notify(account, RecoveryCodeUsed(), by=Actor.person(account.subject))
        return "recovery_code"
    return WrongCode()


def recovery_codes_left(account: Account) -> int:
    return RecoveryCode.objects.for_subject(account.subject).count()


def step_of(secret: str, code: str, *, after: int) -> int | None:
    """The step of which this is the code: this one or a neighbour (RFC 6238 5.2), later than any that served before."""
    totp = pyotp.TOTP(secret, interval=STEP)
    now, given = int(time.time()) // STEP, codes.typed(code).encode("utf-8", "replace")
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given) and step > after:
            return step
    return None


def setup_of(secret: str) -> Setup:
    name = urlsplit(settings.HOME.site).hostname or ""
    return Setup(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=force.in_force().controller.name))


def _serves(row: Totp, code: str, *, by: Actor) -> bool:
    step = step_of(_secret(row, by=by), code, after=row.last_step)
    if step is None:
        return False
    row.last_step = step
    row.save(update_fields=["last_step"])
    return True


def _secret(row: Totp, *, by: Actor) -> str:
    return vault.open(row, ["secret"], by=by, purpose=PURPOSE)["secret"] or ""


def _made(account: Account, *, by: Actor) -> list[str]:
    require(Act.RECOVERY_CODES_MAKE, by=by, subject=account.subject)
    RecoveryCode.objects.for_subject(account.subject).delete()
    made = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(subject=account.subject, digest=_digest(account, code)) for code in made]
    )
    ledger.append(Act.RECOVERY_CODES_MAKE, by=by, subject=account.subject, facts={"codes": CODES})
    return [f"{code[:5]}-{code[5:]}" for code in made]


def _used(account: Account, code: str) -> bool:
    rows = RecoveryCode.objects.for_subject(account.subject).filter(digest=_digest(account, code))
    return bool(rows.delete()[0])  # one statement: of two at once, one finds it


def _digest(account: Account, code: str) -> bytes:
    return codes.digest(account, codes.typed(code).lower())
