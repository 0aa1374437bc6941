"""What somebody refused to have their data used for: they are kept, and not opened for it (GDPR, articles 18 and 21).

`opening` and `disclosing` ask here each time, so that no page, job or command can forget to. What a person needs to use
their rights, to sign in and to be answered cannot be restricted, nor what the program needs to erase them.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from upheld import ledger
from upheld.policy import RIGHTS, Policy, force
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import locking
from upheld.vault.errors import NotRestrictable, Restricted
from upheld.vault.models import Restriction
from upheld.vault.rows import AboutPerson

NEVER = frozenset({*RIGHTS, "sign_up", "sign_in", "security", "reply", "builds"})
"""Purposes without which a person could not use their rights, be safe, or be answered; by `builds`, the program finds
what it is to erase with them."""

R = TypeVar("R", bound=AboutPerson)


def may_be(policy: Policy) -> tuple[str, ...]:
    """The purposes that can be restricted, in the policy's order: those that use something, but for NEVER."""
    return tuple(name for name, each in policy.purposes.items() if each.uses and name not in NEVER)


@transaction.atomic
def restrict(subject: UUID, purposes: Iterable[str], *, by: Actor) -> frozenset[str]:
    """Their data are not opened for these purposes any more; which of them were not restricted yet. One that was to
    end stays.

    Raises NotRestrictable, Erased, Refused.
    """
    require(Act.RESTRICTION_PLACE, by=by, subject=subject)
    wanted = _known(purposes)
    locking.hold_still(subject)
    Restriction.objects.filter(subject=subject, purpose__in=wanted).update(lifts_at=None)
    fresh = wanted - restricted(subject)
    now = timezone.now()
    Restriction.objects.bulk_create(Restriction(subject=subject, purpose=each, placed_at=now) for each in sorted(fresh))
    if fresh:
        ledger.append(Act.RESTRICTION_PLACE, by=by, subject=subject, facts={"purposes": sorted(fresh)})
    return fresh


@transaction.atomic
def lift(subject: UUID, purposes: Iterable[str], *, by: Actor) -> frozenset[str]:
    """Their data may be opened for these purposes again; which of them were restricted. Raises Erased, Refused."""
    require(Act.RESTRICTION_LIFT, by=by, subject=subject)
    wanted = frozenset(purposes)
    locking.hold_still(subject)
    lifted = wanted & restricted(subject)
    Restriction.objects.filter(subject=subject, purpose__in=lifted).delete()
    if lifted:
        ledger.append(Act.RESTRICTION_LIFT, by=by, subject=subject, facts={"purposes": sorted(lifted)})
    return lifted


@transaction.atomic
def end_on(subject: UUID, purposes: Iterable[str], *, at: datetime, by: Actor) -> frozenset[str]:
    """They end by themselves at this moment, which is on record; which of these purposes that is. For whoever tells the
    person of it, in the same transaction. Raises Erased, Refused."""
    require(Act.RESTRICTION_LIFT, by=by, subject=subject)
    locking.hold_still(subject)
    standing = Restriction.objects.filter(subject=subject, purpose__in=frozenset(purposes), lifts_at=None)
    ending = frozenset(standing.values_list("purpose", flat=True))
    standing.update(lifts_at=at)
    if ending:
        facts: dict[str, ledger.Fact] = {"at": at.isoformat(), "purposes": sorted(ending)}
        ledger.append(Act.RESTRICTION_LIFT, by=by, subject=subject, facts=facts)
    return ending


def over() -> "models.QuerySet[Restriction]":
    """Those that end by now."""
    return Restriction.objects.filter(lifts_at__lte=timezone.now())


def restricted(subject: UUID) -> frozenset[str]:
    """The purposes for which their data are not opened."""
    return frozenset(Restriction.objects.filter(subject=subject).values_list("purpose", flat=True))


def is_restricted(subject: UUID, purpose: str) -> bool:
    return bool(_refusing([subject], purpose))


def without(rows: Sequence[R], purpose: str) -> list[R]:
    """Those of these rows whose people did not refuse this purpose: `open` refuses all of them for one that did."""
    refusing = _refusing({row.subject for row in rows}, purpose)
    return [row for row in rows if row.subject not in refusing]


def refuse_restricted(subjects: Collection[UUID], purpose: str) -> None:
    """Raises Restricted when one of them refused this purpose. One query; none for a purpose that cannot be."""
    for subject in sorted(_refusing(subjects, purpose)):
        raise Restricted(subject, purpose)


def own_purpose(purpose: str, *, subject: UUID, by: Actor) -> str:
    """What a page opens a person's own data for: this purpose, or, where they refused it, to show them what is held."""
    is_own = by.kind is Kind.PERSON and by.id == subject
    return "access" if is_own and is_restricted(subject, purpose) else purpose


def _refusing(subjects: Collection[UUID], purpose: str) -> frozenset[UUID]:
    if purpose in NEVER or not subjects:
        return frozenset()
    found = Restriction.objects.filter(purpose=purpose, subject__in=subjects)
    return frozenset(found.values_list("subject", flat=True))


def _known(purposes: Iterable[str]) -> frozenset[str]:
    wanted, known = frozenset(purposes), may_be(force.in_force())
    for name in sorted(wanted.difference(known)):
        raise NotRestrictable(name, ", ".join(known))
    return wanted
