"""The two ceremonies of WebAuthn level 3, making a passkey and using it, for whichever room keeps the passkeys.

User verification is required, so that a passkey is two factors: the device, and what unlocks it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from upheld.policy import force

NAME_LENGTH = 60
REQUIRED = UserVerificationRequirement.REQUIRED
# Whatever a browser sends that is no credential of this ceremony; the library raises these for malformed input.
UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What the browser's `navigator.credentials` gets, as JSON, and the challenge for the session to remember."""

    options: str
    challenge: str


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that a browser has just made. The public key is in base64url."""

    id: bytes
    public_key: str
    transports: list[str]
    sign_count: int


def site() -> str:
    """The relying party's id: the site's host."""
    return urlsplit(settings.HOME.site).hostname or ""


def ask_to_make(*, name: str, handle: bytes, existing: Iterable[bytes]) -> Ceremony:
    """Ask for a new passkey. `name` is what the device shows, `handle` what it gives back, `existing` those it has."""
    options = webauthn.generate_registration_options(
        rp_id=site(),
        rp_name=force.in_force().controller.name,
        user_name=name,
        user_id=handle,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
        ),
        exclude_credentials=_descriptors(existing),
    )
    return Ceremony(webauthn.options_to_json(options), bytes_to_base64url(options.challenge))


def made(credential: str, *, challenge: str) -> Made | None:
    """The passkey in the browser's answer (its JSON) to this challenge; None when it is no such answer."""
    if not challenge:
        return None
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site(),
            expected_origin=settings.HOME.site,
            require_user_verification=True,
        )
        transports = _transports(credential)
    except UNREADABLE:
        return None
    return Made(found.credential_id, bytes_to_base64url(found.credential_public_key), transports, found.sign_count)


def ask_to_use(existing: Iterable[bytes] | None = None) -> Ceremony:
    """Ask for a passkey: any of this site, or one of those."""
    options = webauthn.generate_authentication_options(
        rp_id=site(),
        user_verification=REQUIRED,
        allow_credentials=None if existing is None else _descriptors(existing),
    )
    return Ceremony(webauthn.options_to_json(options), bytes_to_base64url(options.challenge))


def id_in(credential: str) -> bytes | None:
    """Which passkey the answer says that it is of; whether it is, `used` shows."""
    try:
        return base64url_to_bytes(json.loads(credential)["id"])
    except UNREADABLE:
        return None


def used(credential: str, *, challenge: str, public_key: str, sign_count: int, handle: bytes) -> int | None:
    """The new count of the passkey that answered this challenge; None when it did not, or is not its owner's."""
    if not challenge:
        return None
    try:
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site(),
            expected_origin=settings.HOME.site,
            credential_public_key=base64url_to_bytes(public_key),
            # The library refuses a count that does not grow: a sign of a copied authenticator (WebAuthn 6.1.1).
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except UNREADABLE:
        return None
    return found.new_sign_count if _handle_fits(credential, handle) else None


def _handle_fits(credential: str, handle: bytes) -> bool:
    """The user handle, where the authenticator gives one, is its owner's (WebAuthn 7.2, step 6)."""
    given = json.loads(credential)["response"].get("userHandle")
    return not given or given.rstrip("=") == bytes_to_base64url(handle)


def _transports(credential: str) -> list[str]:
    given: Any = json.loads(credential)["response"].get("transports") or []
    return [str(each)[:20] for each in given][:8]


def _descriptors(ids: Iterable[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each) for each in ids]
