"""What was confirmed is done: a copy is made ready to be fetched, uses of data are stopped, and an erasure is begun.
For the worker.

Killed anywhere, each is carried on: a copy is offered in one transaction with the letter that tells of it; an erasure's
last letter is written in one with the step `erasing` and its row, and what follows is `rights.erasing`, whose `resume`
carries on whatever fails or is interrupted here.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from upheld.contact.locking import alone_with
from upheld.policy import force
from upheld.rights import letters
from upheld.rights.erasure import waiting
from upheld.rights.erasure.erasing import erase
from upheld.rights.errors import NotHeld, StillThere, Waits
from upheld.rights.letters_kept import UseStopped
from upheld.rights.models import Request, Right, State
from upheld.rights.reasons import Reason
from upheld.rights.requests import steps, tokens
from upheld.rights.requests.ending import close_conversation
from upheld.rights.requests.requesting import BY, write
from upheld.rights.restricting import is_refused, titles
from upheld.vault import failing, restricting
from upheld.vault.errors import Erased
from upheld.vault.locking import hold_still


def carry_out_due() -> int:
    """Carry out what was confirmed. Returns how many requests came further. Safe to interrupt and repeat.

    One that fails keeps no other waiting; what the first one raised is raised at the end.
    """
    confirmed = Request.objects.filter(state=State.IN_PROGRESS, reason__in=(Reason.CONFIRMED, Reason.AWAITS_COPY))
    found = [each for right in _VERBS for each in confirmed.filter(right=right).order_by("id")]
    return failing.each(lambda each: _VERBS[Right(each.right)](each), found)


@transaction.atomic
def _offer_copy(request: Request) -> bool:
    """A link to it is written to the address on file."""
    if not _is_still(request, Reason.CONFIRMED):
        return False
    secret = tokens.issue(tokens.FETCH, [request])
    request = steps.move(request, State.IN_PROGRESS, reason=Reason.COPY_READY, by=BY)
    wording = letters.CopyReady(request.number, secret.link, timezone.now() + tokens.LASTS)
    write([request.subject], wording, language=request.language)
    return True


def _erase(request: Request) -> bool:
    """Everything goes, once a copy that was asked for as well is fetched or over, or it waits for what is in its way.
    Outside any transaction."""
    if _waits_for_copy(request) or (request.state == State.ON_HOLD and waiting.why(request.subject)):
        return False
    try:
        erase(request.subject, settle=request.settle, by=BY, confirmed=request)
    except NotHeld:  # it was taken back a moment ago
        return False
    except Waits:
        return request.state != State.ON_HOLD
    except StillThere:
        return True
    return True


@transaction.atomic
def _waits_for_copy(request: Request) -> bool:
    """It says so too, while it does."""
    waits = waiting.for_copy(request.subject) is not None
    before, now = (Reason.CONFIRMED, Reason.AWAITS_COPY) if waits else (Reason.AWAITS_COPY, Reason.CONFIRMED)
    if _is_still(request, before):
        steps.move(request, State.IN_PROGRESS, reason=now, by=BY)
    return waits


def _restrict(request: Request) -> bool:
    """Nothing is opened any more for whatever can be refused. Outside any transaction."""
    subject, uses = request.subject, restricting.may_be(force.in_force())
    with suppress(Erased), alone_with(subject), transaction.atomic():
        hold_still(subject)  # before the request, as whoever ends it does
        if not _is_still(request, Reason.CONFIRMED):
            return False
        restricting.restrict(subject, uses, by=BY)
        is_refused(subject, uses)
        told = write([subject], UseStopped(request.number, titles(uses)), language=request.language)
        request = steps.move(request, State.FULFILLED, reason=Reason.RESTRICTED, by=BY, answer=told)
        close_conversation(request, by=BY)
        return True
    return False


def _is_still(request: Request, reason: Reason) -> bool:
    """Whether nobody else has taken it further; in a transaction, in which it then stays so."""
    with suppress(Request.DoesNotExist):
        found = Request.objects.lock(request)
        return bool((found.state, found.reason) == (State.IN_PROGRESS, reason))
    return False


_VERBS: Mapping[Right, Callable[[Request], bool]] = {
    Right.RESTRICTION: _restrict,
    Right.ACCESS: _offer_copy,
    Right.ERASURE: _erase,
}
"""In the order in which they are carried out."""
