"""The copy of what is held, for whoever asked by letter: a link that was written to them, and then a code.

The link says which copy, the code that whoever has it reads the address on file now. The copy is made while it is
handed over, and kept by nobody. It is handed over once, whole: the link is used up right before the last piece, without
which the ZIP cannot be opened. A download that breaks before may be begun again, with the same code while that counts,
three times in all, of which the last has an hour; of several at the same time one gets the last piece.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Literal

from django.db import transaction
from django.utils import timezone

from upheld import vault
from upheld.accounts import limits
from upheld.accounts.answers import CodeSpent, TooMany, WrongCode
from upheld.policy.actors import Actor
from upheld.rights import letters
from upheld.rights.answers import CopyGone
from upheld.rights.errors import CopyCutShort
from upheld.rights.models import Request, State, Token
from upheld.rights.reasons import Reason
from upheld.rights.requests import link_codes, steps, tokens
from upheld.rights.seen.exporting import export

BEGUN = limits.Limit("rights.copies", 3, 3 * int(tokens.LASTS.total_seconds()))
BUT_ONE = limits.Limit("rights.copies.but_one", 2, 2 * int(tokens.LASTS.total_seconds()))
LAST_TRY = timedelta(hours=1)  # for which the link serves on, so that what waits for the copy waits no longer


@dataclass(frozen=True, slots=True)
class Copy:
    """The ZIP of `rights.export`, in pieces."""

    pieces: Iterator[bytes]


def copy(secret: str) -> Request | CopyGone:
    """The request whose copy a link of ours leads to, while it serves. Changes nothing."""
    token = tokens.find(tokens.FETCH, secret)
    return _ready(token) if token else CopyGone()


@transaction.atomic
def begin_fetch(secret: str, *, by: Actor) -> Literal[True] | CopyGone | TooMany:
    """Send a code to the address on file; the one before counts no more."""
    request = copy(secret)
    token = tokens.find(tokens.FETCH, secret, lock=True)
    if token is None or isinstance(request, CopyGone) or vault.is_erased(request.subject):
        return CopyGone()
    return link_codes.send(token, letters.FetchCode, language=request.language, by=by)


def fetch(secret: str, code: str, *, by: Actor) -> Copy | CopyGone | WrongCode | CodeSpent | TooMany:
    """The copy, once. Whoever has both link and code is the person, whatever `by` knew of them. Its pieces raise
    CopyCutShort when it went to another meanwhile, or the person was erased."""
    refused = _refuse(secret, code)
    if refused is not None:
        return refused
    request = copy(secret)
    if isinstance(request, CopyGone):
        return request
    themselves = Actor.person(request.subject)
    return Copy(export(request.subject, by=themselves, at_end=partial(_use_up, secret, by=themselves)))


@transaction.atomic
def _refuse(secret: str, code: str) -> CopyGone | WrongCode | CodeSpent | TooMany | None:
    """Why nothing is handed over; None when the code is right."""
    token = tokens.find(tokens.FETCH, secret, lock=True)
    if token is None:
        return CopyGone()
    refused = link_codes.refuse(token, code)
    if refused is not None:
        return refused
    if limits.take([(BEGUN, token.id.bytes)]) is not None:
        return CopyGone()
    if limits.take([(BUT_ONE, token.id.bytes)]) is not None:
        token.expires_at = min(token.expires_at, timezone.now() + LAST_TRY)
        token.save(update_fields=["expires_at"])
    return None


@transaction.atomic
def _use_up(secret: str, *, by: Actor) -> None:
    """Of two at once, one has it. Raises CopyCutShort for the other."""
    token = tokens.find(tokens.FETCH, secret, lock=True)
    request = _ready(token) if token else CopyGone()
    if token is None or isinstance(request, CopyGone):
        raise CopyCutShort
    token.used_at = timezone.now()
    token.save(update_fields=["used_at"])
    link_codes.drop(token)
    steps.move(request, State.FULFILLED, by=by)


def _ready(token: Token) -> Request | CopyGone:
    found = [each for each in tokens.requests(token) if each.reason == Reason.COPY_READY and not each.ended_at]
    return found[0] if found else CopyGone()
