"""The words of a letter while it waits: sealed under a key of the day, which is destroyed when no letter can need it.

A letter repeats no datum of its reader, but it may hold a code or a link that opens something: whoever has a copy of
the queue must not read it. Format: 12 bytes of nonce, then AES-256-GCM over JSON, bound to the letter's id.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upheld.vault.keys import ring

PREFIX = "letters."
NONCE = 12


def key_of(day: datetime) -> str:
    return f"{PREFIX}{day.astimezone(UTC):%Y-%m-%d}"


def seal(words: Mapping[str, str], *, letter: UUID, day: datetime) -> bytes:
    nonce = os.urandom(NONCE)
    plain = json.dumps(dict(words), ensure_ascii=False).encode()
    return nonce + AESGCM(ring.service_key(key_of(day))).encrypt(nonce, plain, letter.bytes)


def unseal(sealed: bytes, *, letter: UUID, day: datetime) -> dict[str, str]:
    """Raises InvalidTag for what was altered, moved, or sealed under a key that is gone."""
    cipher = AESGCM(ring.service_key(key_of(day)))
    words: dict[str, str] = json.loads(cipher.decrypt(sealed[:NONCE], sealed[NONCE:], letter.bytes))
    return words
