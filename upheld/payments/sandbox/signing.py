"""The signature on a webhook: HMAC-SHA-256 over time and body, so that neither is changed, nor the whole sent late.

Sandbox-Signature: t=1795393543,v1=5257a869e7…
"""

import hmac
from hashlib import sha256

HEADER = "Sandbox-Signature"
TOLERANCE = 300  # seconds


def sign(body: bytes, secret: str, *, at: int) -> str:
    """The header's value for a body sent at `at` (seconds since 1970)."""
    return f"t={at},v1={_digest(body, secret, at)}"


def holds(body: bytes, header: str, secret: str, *, now: float) -> bool:
    """Whether the signature is the secret's holder's, and no more than the tolerance old."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    said = parts.get("t", "")
    if not (said.isascii() and said.isdecimal() and len(said) <= 12) or abs(now - int(said)) > TOLERANCE:
        return False
    return hmac.compare_digest(_digest(body, secret, int(said)).encode(), parts.get("v1", "").encode())


def _digest(body: bytes, secret: str, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
