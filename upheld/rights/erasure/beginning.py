"""An erasure is asked for, waits for what is in its way, and begins.

Each of these holds the person (`vault.locking.alone_with`), as taking it back, placing a hold and destroying keys do:
so of two at the same moment one comes first, and the other one sees it. From the moment in `farewell_at` on it can not
be taken back, and what is in its way is a hold alone.
"""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.contact import verbs as contact
from upheld.contact.errors import NoMailKey
from upheld.contact.letters import Farewell, Reply
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.errors import Refused
from upheld.rights import letters, links
from upheld.rights.erasure import keep_links, waiting
from upheld.rights.erasure.planning import Plan
from upheld.rights.erasure.waiting import CANCEL, DELIVER, Wait
from upheld.rights.erasure_letters import ErasureBegins, ErasureWaits
from upheld.rights.models import ErasureRequest, MadeUp, Request, Right, State
from upheld.rights.reasons import Reason
from upheld.rights.requests import steps
from upheld.rights.requests.writers import reached
from upheld.vault import locking, restricting
from upheld.vault.errors import VaultError

US = Actor.system("rights")
PURPOSE = Reply.purpose
FOR_ORDERS = frozenset({"billing", "fulfilment", "order_trouble"})
"""Purposes for which data are opened so that what was ordered arrives."""


def start(planned: Plan, *, settle: str = CANCEL, by: Actor, confirmed: Request | None = None) -> Wait | bool:
    """Put it on record, and begin it unless something is in its way, which is returned, and of which they are told.

    True when it has begun, now or before. `settle` is what becomes of open orders; asked again before it has begun, the
    last word counts. `confirmed` is the request that it carries out; False when that is over or was carried on by
    somebody else meanwhile. Outside any transaction.
    """
    subject = planned.subject
    is_told = confirmed is not None and confirmed.state == State.ON_HOLD  # as whoever placed the hold did
    with transaction.atomic(durable=True):
        locking.alone_with(subject)
        if confirmed is not None and not _is_confirmed(confirmed):
            return False
        if vault.is_erased(subject):
            return True
        asked, is_news = _ask(planned, settle, by=by)
        wait = waiting.of(asked)
        if wait is None:
            _begin(asked, is_seen=confirmed is None)
            return True
        _put_off(asked, wait, tell=is_news and not is_told)
        return wait


def go_on(subject: UUID) -> Wait | bool:
    """The same for one that was asked for before: True when it has begun, False when there is none any more."""
    with transaction.atomic(durable=True):
        locking.alone_with(subject)
        asked = ErasureRequest.objects.select_for_update().filter(subject=subject).first()
        if asked is None:
            return False
        if vault.is_erased(subject):
            return True
        wait = waiting.of(asked)
        if wait is None:
            _begin(asked, is_seen=False)
            return True
        _put_off(asked, wait, tell=False)
        return wait


def under_way(subject: UUID) -> list[Request]:
    """The requests that an erasure of this person carries out, or will."""
    standing = Request.objects.standing().filter(subject=subject, right=Right.ERASURE)
    return list(standing.filter(state__in=(State.IN_PROGRESS, State.ON_HOLD)))


def carries_out(request: Request) -> bool:
    """Whether this request for erasure is one of them: then it is taken back with the erasure, or not at all."""
    waits = request.state in (State.IN_PROGRESS, State.ON_HOLD)
    return waits and bool(ErasureRequest.objects.filter(subject=request.subject).exists())


def _ask(planned: Plan, settle: str, *, by: Actor) -> tuple[ErasureRequest, bool]:
    """The row, and whether it says anything new."""
    if settle not in ErasureRequest.SETTLES:
        raise ValueError(settle)
    now, undo = timezone.now(), _undo(planned.subject)
    asked, fresh = ErasureRequest.objects.select_for_update().get_or_create(
        subject=planned.subject,
        defaults={"asked_at": now, "settle": settle, "due_at": now + timedelta(days=undo) if undo else None},
    )
    is_news = fresh or (asked.farewell_at is None and asked.settle != settle)
    if is_news:
        asked.settle = settle
        asked.restricted = _stop_uses(asked)
        asked.save(update_fields=["settle", "restricted"])
        facts: dict[str, ledger.Fact] = {"rows": planned.rows, "kept": sum(each.rows for each in planned.stays)}
        if fresh or settle == DELIVER:
            facts["settle"] = settle
        ledger.append(Act.SUBJECT_ERASE, by=by, subject=planned.subject, facts=facts | {"undo": undo})
    return asked, is_news


def _undo(subject: UUID) -> int:
    """Days in which it can be taken back. A check is about nobody, and waits for nothing."""
    return 0 if MadeUp.objects.filter(pk=subject).exists() else force.in_force().undo


def _stop_uses(asked: ErasureRequest) -> list[str]:
    """While it can be taken back everything is kept, and opened for nothing that could be refused, but for the orders
    that are to be delivered. Which purposes that stops."""
    if asked.due_at is None:
        return []
    wanted = set(restricting.may_be(force.in_force()))
    if asked.settle == DELIVER:
        wanted -= FOR_ORDERS
    restricting.lift(asked.subject, set(asked.restricted) - wanted, by=US)
    fresh = restricting.restrict(asked.subject, wanted, by=US)
    return sorted((set(asked.restricted) & wanted) | fresh)


def _put_off(asked: ErasureRequest, wait: Wait, *, tell: bool) -> None:
    for request in under_way(asked.subject):
        if (request.state, request.reason) != (State.ON_HOLD, wait.reason):
            steps.move(request, State.ON_HOLD, reason=wait.reason, by=US)
    to = reached([asked.subject]) if tell else None
    if to is not None:
        wording = ErasureWaits(wait.reason, wait.day, keep_links.to_keep(asked))
        language = next((each.language for each in under_way(asked.subject)), "en")
        contact.send(wording, to=to, by=US, language=language)


def _begin(asked: ErasureRequest, *, is_seen: bool) -> None:
    """It is carried out from now on, also after a hold that came in between. Once the last letter is written, and
    whoever asked is told no more."""
    found = under_way(asked.subject)
    for request in found:
        if request.reason != Reason.ERASING:
            steps.move(request, State.IN_PROGRESS, reason=Reason.ERASING, by=US)
    if asked.farewell_at is not None:
        return
    asked.farewell_at = timezone.now()
    asked.save(update_fields=["farewell_at"])
    # A damaged address, or a key for mail that is gone, keeps nobody from erasure.
    with suppress(NoMailKey, Refused, VaultError), transaction.atomic():
        _say_farewell(asked.subject, found[0] if found else None, is_seen=is_seen)


def _say_farewell(subject: UUID, request: Request | None, *, is_seen: bool) -> None:
    """Who is shown the receipt has a letter that goes with them; to everyone else the address is opened, for words that
    do not belong to the person any more, and leave after them."""
    to = reached([subject])
    if to is None:
        return
    if is_seen and request is None:
        if getattr(to, "verified_at", None):
            contact.send(Farewell(), to=to, by=US)
        return
    because = {"because": request.reference} if request else {}
    email = vault.open(to, ["email"], by=US, purpose=PURPOSE, **because)["email"]
    receipt = links.to_receipt(subject)
    wording = letters.ErasureBegun(request.number, receipt) if request else ErasureBegins(receipt)
    if email:
        contact.answer(wording, email=email, by=US, language=request.language if request else "en")


def _is_confirmed(request: Request) -> bool:
    """Whether it still waits to be begun: it was confirmed, or put on hold after that."""
    found = Request.objects.select_for_update().filter(subject=request.subject, pk=request.pk).first()
    waits = ((State.IN_PROGRESS, Reason.CONFIRMED), (State.ON_HOLD, Reason.LEGAL_HOLD))
    return found is not None and (found.state, found.reason) in waits
