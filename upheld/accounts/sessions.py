"""Django's session engine: who has signed in from which browser, without a secret that a thief of the table could use.

The cookie holds `v` + row + secret for a visitor and `s` + row + subject + secret for someone signed in, in
hexadecimal; the table holds the SHA-256 of the secret, which is random, so that no salt or key is needed. Signing
in (`begin`) always makes a new row and secret, and the visitor's row goes: a cookie planted before is worth nothing.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from upheld.accounts.models import Session, Visit
from upheld.accounts.periods import VISIT_LASTS

Row: TypeAlias = Session | Visit
SECRET = 32  # bytes


class Cookie:
    """What a cookie says. Raises ValueError for one that this engine did not make."""

    def __init__(self, text: str) -> None:
        self.kind, body = text[:1], bytes.fromhex(text[1:])
        ids = {"v": 1, "s": 2}.get(self.kind, 0)
        if not ids or len(body) != 16 * ids + SECRET or not text.isascii():
            raise ValueError("not a session's key")
        self.row = UUID(bytes=body[:16])
        self.subject = UUID(bytes=body[16:32]) if ids == 2 else None
        self.digest = hashlib.sha256(body[-SECRET:]).digest()

    @classmethod
    def fresh(cls, subject: UUID | None = None) -> str:
        body = uuid7().bytes + (subject.bytes if subject else b"") + secrets.token_bytes(SECRET)
        return ("s" if subject else "v") + body.hex()

    def find(self) -> Row | None:
        """The row of this cookie, unless it is over or the secret is not its own."""
        row: Row | None
        if self.subject is None:
            row = Visit.objects.filter(pk=self.row).first()
        else:
            row = Session.objects.filter(subject=self.subject, pk=self.row).first()
        if row is None or row.expires_at <= timezone.now() or not hmac.compare_digest(bytes(row.digest), self.digest):
            return None
        return row


class SessionStore(SessionBase):
    """One browser's session."""

    @property
    def row(self) -> Row | None:
        """Its row, if the cookie is good."""
        cookie = _read(self.session_key)
        return cookie.find() if cookie else None

    @property
    def row_id(self) -> UUID | None:
        """The id of the row, to tell this session from a person's others."""
        cookie = _read(self.session_key)
        return cookie.row if cookie else None

    def begin(self, subject: UUID) -> Session:
        """Become the session of someone who has just signed in: a new row and secret, nothing of before."""
        self.delete()
        self._session_key = Cookie.fresh(subject)
        self._session_cache: dict[str, Any] = {}
        self.modified = True
        self.save(must_create=True)
        row = self.row
        assert isinstance(row, Session)
        return row

    def load(self) -> dict[str, Any]:
        row = self.row
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row.data)
        return data

    def exists(self, session_key: str) -> bool:
        cookie = _read(session_key)
        return bool(cookie and cookie.find())

    def create(self) -> None:
        self._session_key = Cookie.fresh()
        self.modified = True
        self.save(must_create=True)

    def cycle_key(self) -> None:
        """Another secret for the same contents; a session of someone signed in is ended and begun by `begin` only."""
        data = dict(self._session)  # type: ignore[attr-defined]  # SessionBase's own, missing in the stubs
        self.delete()
        self.create()
        self._session_cache = data

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        cookie = _read(self.session_key)
        if cookie is None:
            raise UpdateError
        data = self.encode(self._get_session(no_load=must_create))  # type: ignore[attr-defined]  # likewise
        with transaction.atomic():
            if must_create:
                _make(cookie, data, expires_at=self._end(cookie))
            elif not _change(cookie, data=data, expires_at=self._end(cookie)):
                raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        cookie = _read(session_key or self.session_key)
        if cookie:
            _rows(cookie).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Visitors' sessions that are over; those of people are ended on record (`verbs.expire_sessions`)."""
        Visit.objects.filter(expires_at__lt=timezone.now()).delete()

    def _end(self, cookie: Cookie) -> datetime:
        lasts = timedelta(seconds=self.get_expiry_age()) if cookie.subject else VISIT_LASTS
        return timezone.now() + lasts


def _read(key: str | None) -> Cookie | None:
    try:
        return Cookie(key) if key else None
    except ValueError:
        return None


def _rows(cookie: Cookie) -> Any:
    """The cookie's row by its ids and digest: a made-up secret changes nothing."""
    if cookie.subject is None:
        return Visit.objects.filter(pk=cookie.row, digest=cookie.digest)
    return Session.objects.filter(subject=cookie.subject, pk=cookie.row, digest=cookie.digest)


def _make(cookie: Cookie, data: str, *, expires_at: datetime) -> None:
    made: Row
    if cookie.subject is None:
        made = Visit(id=cookie.row, digest=cookie.digest, data=data, expires_at=expires_at)
    else:
        made = Session(
            id=cookie.row, subject=cookie.subject, digest=cookie.digest,
            data=data, created_at=timezone.now(), expires_at=expires_at,
        )  # fmt: skip
    if type(made).objects.filter(pk=made.pk).exists():
        raise CreateError
    made.save(force_insert=True)


def _change(cookie: Cookie, **values: Any) -> bool:
    return bool(_rows(cookie).update(**values))
