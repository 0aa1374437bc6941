"""What is known of a member, sealed under a key of the program's own, bound to the member and to what it is."""

import hmac
import json
import secrets
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upheld.vault.keys import ring

KEY, DIGESTS = "staff", "staff-digests"
NONCE = 12  # bytes (NIST SP 800-38D, 8.2.2: random)
VERSION = b"\x01"


def seal(values: dict[str, Any], *, member: UUID, what: str) -> bytes:
    """Version, nonce, AES-256-GCM of the values as JSON."""
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(ring.service_key(KEY)).encrypt(nonce, json.dumps(values).encode(), _bound(member, what))
    return VERSION + nonce + sealed


def unseal(sealed: bytes | memoryview, *, member: UUID, what: str) -> dict[str, Any]:
    """Raises cryptography's InvalidTag for what was changed, or is another member's."""
    content = bytes(sealed)
    if content[:1] != VERSION:
        raise ValueError("sealed by a later version")
    body = content[1:]
    plain = AESGCM(ring.service_key(KEY)).decrypt(body[:NONCE], body[NONCE:], _bound(member, what))
    values: dict[str, Any] = json.loads(plain)
    return values


def digest(what: str, value: str) -> bytes:
    """32 bytes, keyed: equal for equal values, and nothing can be tried against it without the key."""
    return hmac.digest(ring.service_key(DIGESTS), f"{what}\0{value}".encode(), "sha256")


def _bound(member: UUID, what: str) -> bytes:
    return b"upheld-staff/v1\0" + member.bytes + what.encode()
