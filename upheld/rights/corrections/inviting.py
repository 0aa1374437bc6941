"""Whoever asked by letter to have something corrected can do it at once: a link was written to them, then a code."""

from collections.abc import Iterable
from typing import Literal

from django.db import transaction
from django.utils import timezone

from upheld import vault
from upheld.accounts.answers import CodeSpent, TooMany, WrongCode
from upheld.policy.actors import Actor
from upheld.rights.answers import NotConfirmable
from upheld.rights.corrections.proposing import finish
from upheld.rights.letters_correcting import CorrectionCode, CorrectYourself
from upheld.rights.models import ENDED, Proposal, Request, Right, Token
from upheld.rights.requests import link_codes, tokens
from upheld.rights.requests.requesting import write
from upheld.vault.locking import hold_still


def invite(requests: Iterable[Request]) -> None:
    """Write to each who asked for a correction where they can make it. In the transaction that confirms it."""
    for each in requests:
        if each.right == Right.RECTIFICATION:
            link = tokens.issue(tokens.CORRECT, [each]).link
            wording = CorrectYourself(each.number, link, timezone.now() + tokens.LASTS)
            write([each.subject], wording, language=each.language)


def about(secret: str) -> tuple[Token, Request, Proposal | None] | NotConfirmable:
    """What a link of ours leads to, while it serves. Changes nothing."""
    token = tokens.find(tokens.CORRECT, secret)
    found = tokens.requests(token) if token else []
    if token is None or not found or found[0].state in ENDED or vault.is_erased(token.subject):
        return NotConfirmable()
    proposal = tokens.proposal(token)
    return NotConfirmable() if proposal is None and len(token.requests) > 1 else (token, found[0], proposal)


def send_code(secret: str, *, by: Actor) -> Literal[True] | NotConfirmable | TooMany:
    """To the address on file."""
    found = about(secret)
    if not found:
        return NotConfirmable()
    token, request, _ = found
    return link_codes.send(token, CorrectionCode, language=request.language, by=by)


def enter(secret: str, code: str) -> Token | NotConfirmable | WrongCode | CodeSpent | TooMany:
    """Who has both link and code is the person. The code serves once; the link goes on to serve."""
    found = about(secret)
    if not found:
        return NotConfirmable()
    token, _, _ = found
    refused = link_codes.refuse(token, code)
    if refused is not None:
        return refused
    link_codes.drop(token)
    return token


@transaction.atomic
def settle(secret: str, *, by: Actor) -> Request | NotConfirmable:
    """All is right now: the request ends."""
    found = about(secret)
    if not found:
        return NotConfirmable()
    token, request, _ = found
    hold_still(token.subject)
    request = Request.objects.lock(request)
    if request.state in ENDED:
        return NotConfirmable()
    Token.objects.filter(subject=token.subject, pk=token.pk).update(used_at=timezone.now())
    return finish(request, by=Actor.person(request.subject))
