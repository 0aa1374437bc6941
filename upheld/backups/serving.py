"""Secrets in letters after a restore: each serves only for what still waits for it on record. Those that were used up
since the copy was made serve nobody, and what waits for one that came after it goes a step back."""

from collections.abc import Iterator

from django.utils import timezone

from upheld.rights.models import ENDED, Proposal, Request, State, Token
from upheld.rights.reasons import Reason
from upheld.rights.requests import tokens
from upheld.rights.requests.link_codes import CODE


def look() -> Iterator[str]:
    """After the steps of requests were taken again. The name under which each counts that changed something."""
    Token.objects.filter(use=CODE).delete()
    for token in Token.objects.filter(used_at=None).iterator():
        if not any(_waits(token.use, request) for request in tokens.requests(token)):
            token.used_at = timezone.now()
            token.save(update_fields=["used_at"])
            yield "secrets"
    under_way = Request.objects.filter(state=State.IN_PROGRESS)
    for request in list(under_way.filter(reason=Reason.COPY_READY)):
        if not _has_link(request):
            yield from ["copies"] * _back(request, Reason.CONFIRMED)
    for request in list(under_way.filter(reason=Reason.PROPOSED)):
        if not Proposal.objects.filter(subject=request.subject, request=request.pk).exists():
            yield from ["requests"] * _back(request, Reason.OFFICER)


def _waits(use: str, request: Request) -> bool:
    if use == tokens.CONFIRM:
        return request.state == State.NEED_VERIFICATION
    if use == tokens.FETCH:
        return (request.state, request.reason) == (State.IN_PROGRESS, Reason.COPY_READY)
    return request.state not in ENDED


def _has_link(request: Request) -> bool:
    serving = Token.objects.filter(subject=request.subject, use=tokens.FETCH, used_at=None)
    return any(each.requests == [f"{request.subject}:{request.pk}"] for each in serving)


def _back(request: Request, reason: Reason) -> int:
    """The worker, or the privacy officer, takes it from there once more."""
    return int(Request.objects.filter(subject=request.subject, pk=request.pk).update(reason=reason))
