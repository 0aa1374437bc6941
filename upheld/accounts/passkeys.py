"""Passkeys (WebAuthn level 3): made by someone signed in, and then a way in of its own.

User verification is required, so that a passkey is two factors: the device, and what unlocks it.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from upheld import ledger, vault
from upheld.accounts.answers import WrongPasskey
from upheld.accounts.letters import PasskeyAdded, PasskeyRemoved
from upheld.accounts.models import Account, Passkey, account_of
from upheld.accounts.notices import address_of, notify
from upheld.accounts.presence import Proof
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import index
from upheld.vault.errors import AlreadyHeld
from upheld.vault.scrubbing import scrub_after_commit

PURPOSE = "sign_in"
SOURCE = "account"
NAME_LENGTH = 60
REQUIRED = UserVerificationRequirement.REQUIRED
# Whatever a browser sends that is no credential of this ceremony; the library raises these for malformed input.
UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What the browser's `navigator.credentials` gets, as JSON, and the challenge for the session to remember."""

    options: str
    challenge: str


def site() -> str:
    """The relying party's id: the site's host."""
    return urlsplit(settings.HOME.site).hostname or ""


def begin_passkey(account: Account, *, proof: Proof, by: Actor) -> Ceremony:
    """Ask the browser for a new passkey. The address is opened to name it: authenticators show it. Raises NotProven."""
    proof.check(account)
    require(Act.PASSKEY_ADD, by=by, subject=account.subject)
    address = address_of(account)
    email = vault.open(address, ["email"], by=by, purpose=PURPOSE)["email"] if address else None
    options = webauthn.generate_registration_options(
        rp_id=site(),
        rp_name=force.in_force().controller.name,
        user_name=email or site(),
        user_id=account.id.bytes,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
        ),
        exclude_credentials=_descriptors(account, by=by),
    )
    return Ceremony(webauthn.options_to_json(options), bytes_to_base64url(options.challenge))


@transaction.atomic
def finish_passkey(
    account: Account, *, credential: str, challenge: str, name: str, by: Actor
) -> Passkey | WrongPasskey:
    """Keep the passkey that the browser made (its JSON). `name` is what its owner calls it, 60 characters at most."""
    require(Act.PASSKEY_ADD, by=by, subject=account.subject)
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site(),
            expected_origin=settings.HOME.site,
            require_user_verification=True,
        )
        transports = _transports(credential)
    except UNREADABLE:
        return WrongPasskey()
    if not challenge:
        return WrongPasskey()
    rest = {
        "name": name.strip()[:NAME_LENGTH] or "Passkey",
        "public_key": bytes_to_base64url(made.credential_public_key),
        "transports": transports,
    }
    row = Passkey(subject=account.subject, sign_count=made.sign_count, created_at=timezone.now())
    values = {"credential_id": made.credential_id.hex(), "credential": json.dumps(rest)}
    try:
        vault.collect(row, values, source=SOURCE, by=by)
    except AlreadyHeld:
        return WrongPasskey()
    ledger.append(Act.PASSKEY_ADD, by=by, subject=account.subject, facts={"row": row.reference})
    notify(account, PasskeyAdded(), by=by)
    return row


@transaction.atomic
def remove_passkey(account: Account, *, passkey: UUID, proof: Proof, by: Actor) -> bool:
    """Forget the passkey with this id. False when the account has none such. Raises NotProven."""
    proof.check(account)
    require(Act.PASSKEY_REMOVE, by=by, subject=account.subject)
    row = Passkey.objects.for_subject(account.subject).filter(pk=passkey).first()
    if row is None:
        return False
    index.leave(row, row.sealed_fields())
    row.delete()
    scrub_after_commit()
    ledger.append(Act.PASSKEY_REMOVE, by=by, subject=account.subject, facts={"row": row.reference})
    notify(account, PasskeyRemoved(), by=by)
    return True


def passkeys_of(account: Account, *, by: Actor) -> list[tuple[Passkey, str]]:
    """The account's passkeys, the oldest first, each with the name that its owner gave it."""
    rows = list(Passkey.objects.for_subject(account.subject).order_by("id"))
    opened = vault.open(rows, ["credential"], by=by, purpose=PURPOSE)
    return [(row, _parsed(values["credential"])["name"]) for row, values in zip(rows, opened, strict=True)]


def begin_passkey_sign_in(account: Account | None = None, *, by: Actor) -> Ceremony:
    """Ask the browser for a passkey: any of this site, or one of the account's for someone who is to prove it again."""
    options = webauthn.generate_authentication_options(
        rp_id=site(),
        user_verification=REQUIRED,
        allow_credentials=_descriptors(account, by=by) if account else None,
    )
    return Ceremony(webauthn.options_to_json(options), bytes_to_base64url(options.challenge))


@transaction.atomic
def finish_passkey_sign_in(
    *, credential: str, challenge: str, by: Actor, owner: Account | None = None
) -> Account | WrongPasskey:
    """Whose passkey answered; with `owner`, theirs only. It needs no second factor: it is two."""
    row = _named(credential) if challenge else None
    account = account_of(row.subject) if row else None
    if row is None or account is None or (owner is not None and account != owner):
        return WrongPasskey()
    row = Passkey.objects.lock(row)
    sealed = vault.open(row, ["credential"], by=by, purpose=PURPOSE)["credential"]
    try:
        used = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site(),
            expected_origin=settings.HOME.site,
            credential_public_key=base64url_to_bytes(_parsed(sealed)["public_key"]),
            # The library refuses a count that does not grow: a sign of a copied authenticator (WebAuthn 6.1.1).
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except UNREADABLE:
        return WrongPasskey()
    if not _handle_fits(credential, account):
        return WrongPasskey()
    row.sign_count, row.used_at = used.new_sign_count, timezone.now()
    row.save(update_fields=["sign_count", "used_at"])
    return account


def _named(credential: str) -> Passkey | None:
    try:
        return vault.find(Passkey, "credential_id", base64url_to_bytes(json.loads(credential)["id"]).hex())
    except UNREADABLE:
        return None


def _handle_fits(credential: str, account: Account) -> bool:
    """The user handle, where the authenticator gives one, is the account's id (WebAuthn 7.2, step 6)."""
    handle = json.loads(credential)["response"].get("userHandle")
    return not handle or handle.rstrip("=") == bytes_to_base64url(account.id.bytes)


def _transports(credential: str) -> list[str]:
    given: Any = json.loads(credential)["response"].get("transports") or []
    return [str(each)[:20] for each in given][:8]


def _descriptors(account: Account, *, by: Actor) -> list[PublicKeyCredentialDescriptor]:
    rows = list(Passkey.objects.for_subject(account.subject))
    opened = vault.open(rows, ["credential_id"], by=by, purpose=PURPOSE)
    return [PublicKeyCredentialDescriptor(id=bytes.fromhex(values["credential_id"] or "")) for values in opened]


def _parsed(credential: str | None) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(credential or "{}")
    return parsed
