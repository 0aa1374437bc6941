"""How a report leaves: one POST with the least that HTTP needs, and no redirect followed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

REPORT, FORGET = "/usage/v1/report", "/usage/v1/forget"
TIMEOUT = 10.0  # seconds
ANSWER = 16 * 1024  # bytes of an answer that are read
FIRST_WAIT, LONGEST_WAIT = 600, 7 * 86_400  # seconds


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    retry_after: float = 0.0  # seconds

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def refuses(self) -> bool:
        """Whether sending the same again would be answered the same."""
        return self.status in (413, 415) or (self.status == 400 and self.field is not None)

    @property
    def field(self) -> str | None:
        """Of a refusal, the field that it names; None for one that is not the endpoint's own."""
        try:
            found = json.loads(self.body)["error"]["field"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        return found if isinstance(found, str) else None

    @property
    def disowns(self) -> bool:
        """Whether the endpoint itself says that it takes nothing from this number: a proxy's 403 names no field."""
        return self.status == 403 and self.field == "number"

    @property
    def has_forgotten(self) -> bool:
        """Whether the endpoint itself says that it deleted what it held."""
        try:
            return self.is_good and json.loads(self.body)["forgotten"] is True
        except (ValueError, TypeError, KeyError, RecursionError):
            return False


Transport = Callable[[str, bytes], Answer]
"""From an address and a body to the answer. Raises OSError when there is none."""


def is_safe(site: str) -> bool:
    """Over TLS, or to this machine."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(site)
        named = parts.hostname or ""
    except ValueError:
        return False
    local = parts.scheme == "http" and named in ("localhost", "127.0.0.1", "::1")
    return bool(named) and (local or parts.scheme == "https") and "@" not in parts.netloc


def post(address: str, body: bytes) -> Answer:
    """POST JSON. Raises OSError when the site was not reached."""
    # Here, since the product should not wait for these when it starts.
    import urllib.error
    import urllib.request
    from http.client import HTTPException

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    opener = urllib.request.build_opener(Stay)
    opener.addheaders = [("User-Agent", "upheld-beacon")]  # else Python's version is told
    asked = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - see is_safe
    try:
        with opener.open(asked, timeout=TIMEOUT) as found:
            return Answer(found.status, found.read(ANSWER))
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.read(ANSWER), seconds(refused.headers.get("Retry-After")))
    except HTTPException as broken:
        raise OSError("The answer was not understood.") from broken


def seconds(retry_after: str | None) -> float:
    """What a Retry-After says (RFC 9110, section 10.2.3), never less than none; none for what is not understood."""
    from email.utils import parsedate_to_datetime

    text = (retry_after or "").strip()
    try:
        found = (
            float(text) if text.isascii() and text.isdigit() else parsedate_to_datetime(text).timestamp() - time.time()
        )
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return max(0.0, min(found, LONGEST_WAIT))


def wait(failures: int, retry_after: float, chance: float) -> int:
    """Seconds until the next try: doubled with each failure, spread by chance (0 to 1), never before what was asked."""
    doubled = min(FIRST_WAIT * 2 ** min(failures, 20), 86_400)
    return int(max(doubled * (0.5 + chance / 2), retry_after))
