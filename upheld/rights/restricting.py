"""Somebody refuses to have their data used for something: they are kept, and the vault does not open them for it.

The person allows a use again whenever they want. When it is staff who lift a restriction, the person is told some days
before (GDPR, article 18(3)); then it ends by itself, unless they refuse once more.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld.contact.locking import alone_with
from upheld.policy import force
from upheld.policy.actors import Actor, Kind
from upheld.rights import clocks
from upheld.rights.holding import language_of
from upheld.rights.letters_kept import UseAgainSoon, UseAllowed, UseStopped
from upheld.rights.models import ErasureRequest
from upheld.rights.requests.requesting import BY, write
from upheld.vault import failing, restricting
from upheld.vault.errors import Erased

NOTICE = timedelta(days=3)
"""How long before staff lift a restriction the person is told."""


def restrict(subject: UUID, purposes: Iterable[str], *, by: Actor) -> frozenset[str]:
    """Their data are not opened for these purposes any more, from now on and for letters that are waiting, too; which
    of them were not restricted yet. The person is told. Call it in a transaction only under `alone_with(subject)`.

    Raises NotRestrictable, Erased, Refused.
    """
    with alone_with(subject), transaction.atomic():
        wanted = frozenset(purposes)
        fresh = restricting.restrict(subject, wanted, by=by)
        is_refused(subject, wanted)
        if fresh:
            write([subject], UseStopped("", titles(fresh)), language=language_of(subject))
    return fresh


def is_refused(subject: UUID, purposes: Collection[str]) -> None:
    """These stay restricted although an erasure is taken back, which stopped them as well until it begins."""
    for asked in ErasureRequest.objects.select_for_update().filter(subject=subject):
        asked.restricted = [each for each in asked.restricted if each not in purposes]
        asked.save(update_fields=["restricted"])


def lift(subject: UUID, purposes: Iterable[str], *, by: Actor) -> frozenset[str]:
    """The person allows these uses again, at once; or staff end what stood for a time, after the person was told and
    NOTICE is over. Which of these purposes that is. Call it in a transaction only under `alone_with(subject)`.

    Raises Erased, Refused.
    """
    with alone_with(subject), transaction.atomic():
        if by.kind is Kind.PERSON:
            lifted = restricting.lift(subject, purposes, by=by)
            wording: UseAllowed | UseAgainSoon = UseAllowed(titles(lifted))
        else:
            at = timezone.now() + NOTICE
            lifted = restricting.end_on(subject, purposes, at=at, by=by)
            wording = UseAgainSoon(titles(lifted), at, clocks.law())
        if lifted:
            write([subject], wording, language=language_of(subject))
    return lifted


def lift_due() -> int:
    """Lift what the person was told of, for the worker. Safe to interrupt and repeat; for how many people."""
    return failing.each(_lift_due, set(restricting.over().values_list("subject", flat=True)))


def _lift_due(subject: UUID) -> bool:
    """Looked at again under the lock: they may have refused once more."""
    with alone_with(subject), transaction.atomic():
        due = list(restricting.over().filter(subject=subject).values_list("purpose", flat=True))
        try:
            return bool(restricting.lift(subject, due, by=BY))
        except Erased:
            return False


def titles(purposes: Collection[str]) -> tuple[str, ...]:
    """As the policy has them, in its order."""
    return tuple(each.title or name for name, each in force.in_force().purposes.items() if name in purposes)
