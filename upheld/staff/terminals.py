"""Members at a terminal of the server: it shows a code, and they type that on the desk, where they have shown who they
are (the device flow of RFC 8628). From then on `upheld` acts as them for whoever has that login, until two hours pass
without a command, or a day's work is over."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from upheld import crockford, ledger
from upheld.accounts import limits
from upheld.accounts.answers import Refusal, TooMany
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff import sealing
from upheld.staff.errors import NotAtDesk
from upheld.staff.models import Member, Terminal
from upheld.staff.periods import TERMINAL_CODE_LASTS, TERMINAL_IDLE_LASTS, TERMINAL_LASTS

SIGNS = 8  # 40 bits, for ten minutes and a few tries
TRIES = limits.Limit("terminal.codes", 10, limits.HOUR)


@dataclass(frozen=True, slots=True)
class Asked:
    """A terminal that waits for a member, and the code that it shows, such as 7KQ4-M2XP."""

    terminal: Terminal
    code: str


class NoSuchCode(Refusal):
    sentence: ClassVar[str] = "No terminal shows this code. Look at it again, or run upheld desk sign-in once more."


@transaction.atomic
def ask(login: UUID) -> Asked:
    """This login shows a new code, and no longer the one before."""
    now, signs = timezone.now(), crockford.new(SIGNS)
    Terminal.objects.filter(login=login, allowed_at=None).delete()
    terminal = Terminal.objects.create(
        login=login, digest=_digest(signs), asked_at=now, expires_at=now + TERMINAL_CODE_LASTS
    )
    return Asked(terminal, f"{signs[: SIGNS // 2]}-{signs[SIGNS // 2 :]}")


@transaction.atomic
def allow(code: str, *, by: Member) -> Terminal | TooMany | NoSuchCode:
    """The terminal that shows this code is this member's, and nobody else's who was at the same login. Raises
    Refused."""
    actor = Actor.staff(by.pk, job="")
    require(Act.TERMINAL_ALLOW, by=actor)
    refused = limits.take([(TRIES, by.pk.bytes)])
    if refused is not None:
        return refused
    now = timezone.now()
    waiting = Terminal.objects.select_for_update().filter(allowed_at=None, expires_at__gt=now)
    found = waiting.filter(digest=_digest(crockford.meant(code))).first()
    if found is None:
        return NoSuchCode()
    for other in Terminal.objects.filter(login=found.login).exclude(pk=found.pk):
        _end(other, by=actor)
    found.member, found.allowed_at, found.seen_at, found.expires_at = by, now, now, now + TERMINAL_LASTS
    found.save(update_fields=["member", "allowed_at", "seen_at", "expires_at"])
    ledger.append(Act.TERMINAL_ALLOW, by=actor, facts={"terminal": str(found.pk)})
    return found


@transaction.atomic
def end(terminal: Terminal, *, by: Member) -> None:
    """Nobody works there any more. Safe to repeat. Raises Refused."""
    actor = Actor.staff(by.pk, job="")
    require(Act.STAFF_SESSION_END, by=actor)
    _end(terminal, by=actor)


def end_all(member: Member, *, by: Actor) -> None:
    """The member works at no terminal any more. Raises Refused."""
    require(Act.STAFF_SESSION_END, by=by)
    for terminal in Terminal.objects.filter(member=member):
        _end(terminal, by=by)


def waits(terminal: Terminal) -> bool:
    """Whether its code still counts: no other was shown at the same login, and its time is not over."""
    return Terminal.objects.filter(pk=terminal.pk, allowed_at=None, expires_at__gt=timezone.now()).exists()


def live() -> "QuerySet[Terminal]":
    """Those at which somebody works who works here."""
    now = timezone.now()
    used = Terminal.objects.select_related("member").filter(expires_at__gt=now, seen_at__gt=now - TERMINAL_IDLE_LASTS)
    return used.filter(member__left_at=None).exclude(member__enrolled_at=None).order_by("allowed_at")


def at(login: UUID) -> Terminal | None:
    """The terminal of this login, if a member works at it."""
    return live().filter(login=login).last()


def member_at(login: UUID) -> Member:
    """Who works there, for a command of theirs: a sign of life. Raises NotAtDesk."""
    found = at(login)
    if found is None or found.member is None:
        raise NotAtDesk
    now = timezone.now()
    Terminal.objects.filter(pk=found.pk, seen_at__lt=now - timedelta(minutes=1)).update(seen_at=now)
    return found.member


def _end(terminal: Terminal, *, by: Actor) -> None:
    if Terminal.objects.filter(pk=terminal.pk).delete()[0] and terminal.member_id:
        facts: dict[str, ledger.Fact] = {"terminal": str(terminal.pk), "member": str(terminal.member_id)}
        ledger.append(Act.STAFF_SESSION_END, by=by, facts=facts)


def _digest(signs: str) -> bytes:
    return sealing.digest("terminal", signs)
