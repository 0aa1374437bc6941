"""A link alone opens nothing: whoever comes by one types a code that goes to the address on file now."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.accounts import codes, limits
from upheld.accounts.answers import CodeSpent, TooMany, WrongCode
from upheld.contact.letters import Code, Wording
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights.models import Token
from upheld.rights.requests.requesting import write

CODE = "code"
LASTS = timedelta(minutes=30)
SENDS = limits.Limit("rights.codes", 5, 3600)
TRIES = limits.Limit("rights.fetch", 5, 3600)


@transaction.atomic
def send(token: Token, wording: Callable[[Code], Wording], *, language: str, by: Actor) -> Literal[True] | TooMany:
    """Write a code for this link to the person's address; the one before counts no more."""
    refused = limits.take([(SENDS, token.id.bytes)])
    if refused is not None:
        return refused
    require(Act.CODE_SEND, by=by, subject=token.subject)
    code = f"{secrets.randbelow(10**6):06}"
    drop(token)
    Token.objects.create(
        subject=token.subject, digest=codes.digest(token, code), use=CODE, requests=token.requests,
        expires_at=timezone.now() + LASTS,
    )  # fmt: skip
    ledger.append(Act.CODE_SEND, by=by, subject=token.subject, facts={"row": token.reference})
    write([token.subject], wording(Code(code)), language=language)
    return True


@transaction.atomic
def refuse(token: Token, code: str) -> WrongCode | CodeSpent | TooMany | None:
    """Why a code does not do for this link; None when it is right."""
    refused = limits.take([(TRIES, token.id.bytes)])
    if refused is not None:
        return refused
    sent = Token.objects.filter(subject=token.subject, use=CODE, expires_at__gt=timezone.now())
    if not sent.exists():
        return CodeSpent()
    typed = codes.digest(token, codes.typed(code))
    return None if sent.filter(digest=typed).exists() else WrongCode()


def drop(token: Token) -> None:
    """No code counts for this link any more."""
    Token.objects.filter(subject=token.subject, use=CODE, requests=token.requests).delete()
