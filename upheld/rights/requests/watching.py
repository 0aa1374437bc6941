"""Time passes over requests: the privacy officer is reminded, what nobody confirmed ends, and a person may ask."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld.contact import verbs as contact
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require_each
from upheld.rights import clocks, letters
from upheld.rights.models import Request, State, Token
from upheld.rights.reasons import Reason
from upheld.rights.requests import officer, steps, tokens
from upheld.rights.requests.ending import close_conversation
from upheld.rights.requests.requesting import BY, write

KNOWN = timedelta(days=30)  # how long a code that serves no more is still known for one of ours


def status(subjects: Sequence[UUID], *, by: Actor, language: str = "en", answers: str = "") -> list[Request]:
    """Write to these people, who hold one address, where their open requests stand. No letter when there are none."""
    require_each(Act.REQUEST_STEP, subjects, by=by)
    with transaction.atomic():
        found = list(Request.objects.standing().filter(subject__in=subjects))
        if found:
            wording = letters.StatusLetter(
                tuple(each.number for each in found),
                tuple(each.right for each in found),
                tuple(each.state for each in found),
                tuple(each.due_at for each in found),
            )
            write(subjects, wording, language=language, answers=answers)
    return found


def remind_due() -> int:
    """Write to the privacy officer at half and at four fifths of each open request's time. Returns how many letters."""
    waiting = Request.objects.standing().exclude(state=State.NEED_VERIFICATION).filter(reminded__lt=2)
    return sum(_remind(each) for each in list(waiting))


@transaction.atomic
def _remind(request: Request) -> bool:
    warned = clocks.warned(request.asked_at, request.due_at, timezone.now())
    found = Request.objects.select_for_update().filter(subject=request.subject, pk=request.pk, ended_at=None).first()
    if found is None or found.reminded >= warned:
        return False
    found.reminded = warned
    found.save(update_fields=["reminded"])
    wording = letters.OfficerReminder(found.number, found.right, found.due_at)
    contact.answer(wording, email=officer.address(), by=BY)
    return True


def expire_due() -> int:
    """End what was not confirmed, or not fetched, within seven days. Returns how many."""
    before = timezone.now() - tokens.LASTS
    unconfirmed = Request.objects.filter(state=State.NEED_VERIFICATION, asked_at__lt=before)
    count = sum(_expire(each, State.NEED_VERIFICATION, "", Reason.UNCONFIRMED) for each in list(unconfirmed))
    ready = Request.objects.filter(state=State.IN_PROGRESS, reason=Reason.COPY_READY)
    past = [each for each in ready if not _is_fetchable(each)]
    count += sum(_expire(each, State.IN_PROGRESS, Reason.COPY_READY, Reason.NOT_FETCHED) for each in past)
    Token.objects.filter(expires_at__lt=timezone.now() - KNOWN).delete()
    return count


def _is_fetchable(request: Request) -> bool:
    serving = Token.objects.filter(subject=request.subject, use=tokens.FETCH, expires_at__gt=timezone.now())
    return any(each.requests == [f"{request.subject}:{request.pk}"] for each in serving)


@transaction.atomic
def _expire(request: Request, state: State, reason: str, why: Reason) -> bool:
    found = Request.objects.select_for_update().filter(subject=request.subject, pk=request.pk).first()
    if found is None or (found.state, found.reason) != (state, reason):
        return False
    close_conversation(steps.move(found, State.EXPIRED, reason=why, by=BY), by=BY)
    return True
