"""What a form of `/builds/` carries from one page to the next in place of a cookie: a number, sealed, for some minutes.

Whoever shows a number may do all that these forms do. So a form of another site that is sent from here changes nothing
that its maker could not have changed: they would need the number, or a token that we made for someone who showed it.
"""

import base64
import binascii
import hmac
import os
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upheld.vault.keys import ring

LASTS = 30 * 60  # seconds
_NONCE, _TIME = 12, 8
_ABOUT = b"upheld-build-form/v1"


def make(signs: str) -> str:
    """A token for twenty-five signs of a number."""
    nonce = os.urandom(_NONCE)
    said = int(time.time()).to_bytes(_TIME) + signs.encode()
    return base64.urlsafe_b64encode(nonce + _key().encrypt(nonce, said, _ABOUT)).decode()


def read(token: str) -> str:
    """The signs; empty for a token that we did not make, or that is too old."""
    try:
        sealed = base64.urlsafe_b64decode(token[:200])
        said = _key().decrypt(sealed[:_NONCE], sealed[_NONCE:], _ABOUT)
    except (binascii.Error, InvalidTag, ValueError):
        return ""
    is_fresh = 0 <= time.time() - int.from_bytes(said[:_TIME]) <= LASTS
    return said[_TIME:].decode() if is_fresh else ""


def _key() -> AESGCM:
    return AESGCM(hmac.digest(ring.service_key("builds.forms"), _ABOUT, "sha256"))
