"""Where members are signed in. The cookie holds row and secret, the table the secret's digest; a session ends after a
day's work, or half an hour of nothing, or when the member leaves, whichever is first."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from upheld import ledger
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff import terminals
from upheld.staff.models import DeskSession, Member
from upheld.staff.periods import CEREMONY_LASTS, IDLE_LASTS, PROOF_LASTS, SESSION_LASTS

COOKIE = "__Secure-desk"  # of /desk/ alone: no other page of the site is sent it
PATH = "/desk/"
SECRET = 32  # bytes


@dataclass(frozen=True, slots=True)
class Begun:
    """A new session, and what the browser keeps of it."""

    session: DeskSession
    cookie: str


def of_visitor() -> Begun:
    """For somebody on the way in: it holds the challenge that their passkey has to answer."""
    return _begin(None)


@transaction.atomic
def begin(member: Member, *, way: str, instead_of: DeskSession | None = None) -> Begun:
    """The member has shown who they are, by `way`: passkey or totp. A new row and secret, nothing of before. Raises
    Refused."""
    by = Actor.staff(member.pk, job="")
    require(Act.STAFF_SESSION_START, by=by)
    if instead_of is not None:
        _end([instead_of], by=Actor.system("sessions"))
    begun = _begin(member)
    facts: dict[str, ledger.Fact] = {"session": str(begun.session.pk), "way": way}
    ledger.append(Act.STAFF_SESSION_START, by=by, facts=facts)
    return begun


def found(cookie: str, *, is_sign_of_life: bool = True) -> DeskSession | None:
    """The session of this cookie while it lasts; being asked for is a sign of life, but by a page that asks by
    itself."""
    try:
        body = bytes.fromhex(cookie)
    except ValueError:
        return None
    if len(body) != 16 + SECRET:
        return None
    row: DeskSession | None = DeskSession.objects.select_related("member").filter(pk=UUID(bytes=body[:16])).first()
    if row is None or not hmac.compare_digest(bytes(row.digest), hashlib.sha256(body[16:]).digest()):
        return None
    now = timezone.now()
    if row.expires_at <= now or now - row.seen_at > IDLE_LASTS:
        return None
    if row.member is not None and (row.member.left_at is not None or row.member.enrolled_at is None):
        return None
    if is_sign_of_life and (now - row.seen_at).total_seconds() > 60:
        DeskSession.objects.filter(pk=row.pk).update(seen_at=now)
        row.seen_at = now
    return row


@transaction.atomic
def end(session: DeskSession, *, by: Actor) -> bool:
    """Signed out there; False when it was before. Its own member's to do, and whoever's administers the desk. Raises
    Refused."""
    _may_end(session.member_id, by)
    return _end([session], by=by) == 1


@transaction.atomic
def end_all(member: Member, *, by: Actor, but: DeskSession | None = None) -> int:
    """Signed out everywhere, or everywhere else, and at every terminal. Returns how many browsers that were. Raises
    Refused."""
    _may_end(member.pk, by)
    terminals.end_all(member, by=by)
    rows = DeskSession.objects.filter(member=member)
    return _end([row for row in rows if row != but], by=by)


def of(member: Member) -> list[DeskSession]:
    """Where the member is signed in, the latest first."""
    since = timezone.now() - IDLE_LASTS
    return list(DeskSession.objects.live().filter(member=member, seen_at__gt=since).order_by("-id"))


@transaction.atomic
def expire() -> int:
    """Remove what is over. Returns how many members' sessions there were."""
    now = timezone.now()
    over = DeskSession.objects.filter(Q(expires_at__lte=now) | Q(seen_at__lte=now - IDLE_LASTS))
    return _end(list(over.order_by("id")[:500]), by=Actor.system("sessions"))


def _may_end(member: UUID | None, by: Actor) -> None:
    require(Act.STAFF_SESSION_END, by=by)
    if by.kind is Kind.STAFF and by.id != member:
        require(Act.MEMBER_CHANGE, by=by)


def _end(rows: list[DeskSession], *, by: Actor) -> int:
    """Of two at once, one removes a session and puts that on record. Visitors' leave no record."""
    ended = [row for row in rows if DeskSession.objects.filter(pk=row.pk).delete()[0] and row.member_id]
    for row in ended:
        require(Act.STAFF_SESSION_END, by=by)
        facts: dict[str, ledger.Fact] = {"session": str(row.pk), "member": str(row.member_id)}
        ledger.append(Act.STAFF_SESSION_END, by=by, facts=facts)
    return len(ended)


def prove(session: DeskSession) -> None:
    """They have just shown again that it is them."""
    session.proven_at = timezone.now()
    session.save(update_fields=["proven_at"])


def is_proven(session: DeskSession) -> bool:
    return session.proven_at is not None and timezone.now() - session.proven_at <= PROOF_LASTS


def open_ceremony(session: DeskSession, challenge: str) -> None:
    """A passkey is being made or used: what the browser has to answer to."""
    _remember(session, ceremony=[challenge, timezone.now().timestamp()])


def close_ceremony(session: DeskSession) -> str:
    """The challenge, which serves once; empty when there is none or it is over."""
    found: Any = _remember(session, ceremony=None).get("ceremony")
    over = not found or timezone.now().timestamp() - found[1] > CEREMONY_LASTS.total_seconds()
    return "" if over else str(found[0])


def say(session: DeskSession, sentence: str) -> None:
    """On the next page: what was done, in words that name nobody."""
    _remember(session, said=sentence)


def said(session: DeskSession) -> str:
    """The sentence, once."""
    return str(_remember(session, said=None).get("said") or "") if session.data.get("said") else ""


@transaction.atomic
def _remember(session: DeskSession, **values: Any) -> dict[str, Any]:
    """Returns what was there before. It is read afresh: of two requests at once, one finds a challenge. Nothing is
    there once the session has ended."""
    row = DeskSession.objects.select_for_update().filter(pk=session.pk).first()
    before: dict[str, Any] = row.data if row else {}
    session.data = {name: value for name, value in (before | values).items() if value is not None}
    DeskSession.objects.filter(pk=session.pk).update(data=session.data)
    return before


def _begin(member: Member | None) -> Begun:
    id, secret, now = uuid7(), secrets.token_bytes(SECRET), timezone.now()
    session = DeskSession.objects.create(
        id=id, member=member, digest=hashlib.sha256(secret).digest(), created_at=now, seen_at=now,
        proven_at=now if member else None, expires_at=now + (SESSION_LASTS if member else CEREMONY_LASTS * 2),
    )  # fmt: skip
    return Begun(session, (id.bytes + secret).hex())
