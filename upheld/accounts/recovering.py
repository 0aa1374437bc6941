"""A new password for someone who has forgotten theirs: a link to their address, which serves once, for an hour."""

import base64
import binascii
import hmac
import secrets
import time
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.accounts import codes, limits, passwords
from upheld.accounts.answers import Gone, TooMany
from upheld.accounts.changing import replace_password
from upheld.accounts.letters import ResetLink
from upheld.accounts.models import Account, Reset, account_of
from upheld.accounts.periods import RESET_LASTS
from upheld.accounts.signing_in import nobody
from upheld.contact import verbs as contact
from upheld.contact.models import Address
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

FROM_HERE = limits.Limit("reset.here", 60, 3600)
SECRET = 32
PACE = 0.2  # seconds: an answer takes as long whether there was a letter to write or none; nothing is locked meanwhile


def begin_reset(*, email: str, by: Actor, source: str) -> Literal[True] | TooMany:
    """Send the link, if someone has this address. The answer, the time and the ledger's growth are always the same."""
    until = time.monotonic() + PACE
    answer = _begin(email, by=by, source=source)
    time.sleep(max(0.0, until - time.monotonic()))
    return answer


@transaction.atomic
def _begin(email: str, *, by: Actor, source: str) -> Literal[True] | TooMany:
    require(Act.ACCOUNT_RESET, by=by)
    whose, here = vault.digest("email", email), limits.whereabouts(source)
    refused = limits.take([(FROM_HERE, here), *limits.letters(whose, here)])
    if refused is not None:
        return refused
    address = vault.find(Address, "email", email)
    account = account_of(address.subject) if address else None
    if address is None or account is None:
        nobody(by=by)
        contact.send_nobody(by=by)
        return True
    row, secret = Reset(subject=account.subject, started_at=timezone.now()), secrets.token_bytes(SECRET)
    row.digest = codes.digest(row, secret.hex())
    row.save()
    ledger.append(Act.ACCOUNT_RESET, by=by, subject=row.subject, facts={"row": row.reference, "step": "asked"})
    contact.send(ResetLink(_token(row, secret)), to=address, by=by)
    return True


def reset_of(token: str) -> Reset | None:
    """The reset that this link is for, while it serves."""
    try:
        given = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        subject, row = UUID(bytes=given[:16]), UUID(bytes=given[16:32])
    except (ValueError, binascii.Error):
        return None
    found = Reset.objects.filter(subject=subject, pk=row, started_at__gt=timezone.now() - RESET_LASTS).first()
    if found and hmac.compare_digest(bytes(found.digest), codes.digest(found, given[32:].hex())):
        return found
    return None


def finish_reset(token: str, *, new: str) -> Account | Gone:
    """Set the new password and use up the link. Every session ends; a second factor stays. Raises PasswordUnfit."""
    if reset_of(token) is None:
        return Gone()
    passwords.fit(new)
    encoded = passwords.hashed(new)  # before the transaction: hashing is slow
    with transaction.atomic():
        row = reset_of(token)
        account = account_of(row.subject) if row else None
        if row is None or account is None:
            return Gone()
        by = Actor.person(row.subject)  # whoever has the link has the mailbox
        require(Act.ACCOUNT_RESET, by=by, subject=row.subject)
        if not Reset.objects.filter(subject=row.subject, pk=row.pk).delete()[0]:
            return Gone()  # used by another request meanwhile
        ledger.append(Act.ACCOUNT_RESET, by=by, subject=row.subject, facts={"row": row.reference, "step": "done"})
        return replace_password(account, encoded=encoded, session=None, by=by)


def expire_resets() -> int:
    """Remove the links that serve no more. Returns how many."""
    removed: int = Reset.objects.filter(started_at__lt=timezone.now() - RESET_LASTS).delete()[0]
    return removed


def _token(row: Reset, secret: bytes) -> str:
    return base64.urlsafe_b64encode(row.subject.bytes + row.id.bytes + secret).rstrip(b"=").decode()
