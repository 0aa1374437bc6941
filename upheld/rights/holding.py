"""A law has us keep what is held of somebody: the privacy officer says so, for a reason and until a day, and the person
is told when it begins and when it ends."""

from datetime import date
from functools import partial
from uuid import UUID

from django.db import transaction

from upheld.contact.locking import alone_with
from upheld.policy.actors import Actor
from upheld.rights import clocks
from upheld.rights.letters_kept import HoldEnded, HoldPlaced
from upheld.rights.models import Request
from upheld.rights.requests.requesting import write
from upheld.vault import failing, holding
from upheld.vault.models import Hold


def place_hold(whom: UUID | Request, *, reason: str, until: date, by: Actor) -> Hold:
    """From now on nothing of theirs is erased, or ends with its time, until that day is over. `reason` is one of
    Hold.REASONS. An erasure that was asked for waits, and goes on by itself.

    Must not run inside a transaction. Raises NoEvidence, Past, Erased when their keys are gone already, Refused.
    """
    subject = whom.subject if isinstance(whom, Request) else whom
    with alone_with(subject), transaction.atomic():
        hold = holding.place(subject, reason=reason, until=until, by=by)
        write([subject], HoldPlaced(reason, until, clocks.law()), language=language_of(subject))
    return hold


def end_hold(hold: Hold, *, by: Actor) -> Hold:
    """It has ended; the person is told, unless another one stands. Must not run inside a transaction.

    Raises Refused.
    """
    with alone_with(hold.subject), transaction.atomic():
        before = Hold.objects.lock(hold)
        ended = holding.release(hold, by=by)
        if before.released_at is None and holding.standing(hold.subject) is None:
            write([hold.subject], HoldEnded(), language=language_of(hold.subject))
    return ended


def end_over() -> int:
    """End those whose last day is past, for the worker. Safe to interrupt and repeat; how many there were."""
    return failing.each(partial(end_hold, by=holding.BY), list(holding.over()))


def language_of(subject: UUID) -> str:
    """The one in which they asked for something last."""
    last = Request.objects.filter(subject=subject).order_by("id").values_list("language", flat=True).last()
    return last or "en"
