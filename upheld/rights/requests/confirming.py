"""The address says whether a request is theirs: by a reply with our code, or on the page that our letter links to."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from upheld import vault
from upheld.accounts import limits
from upheld.contact.locking import alone_with
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.rights.answers import NotConfirmable
from upheld.rights.corrections.inviting import invite
from upheld.rights.erasure.waiting import CANCEL
from upheld.rights.models import Request, State, Token
from upheld.rights.reasons import Reason
from upheld.rights.requests import steps, tokens
from upheld.rights.requests.ending import close_conversation
from upheld.rights.requests.requesting import take_up, themselves
from upheld.rights.requests.writers import writers
from upheld.vault.locking import hold_still

GUESSES = limits.Limit("rights.confirm", 20, 3600)
secret_in = tokens.found_in


def asked(secret: str) -> list[Request] | NotConfirmable:
    """What a link of ours is about, while it serves. Changes nothing."""
    token = tokens.find(tokens.CONFIRM, secret)
    found = tokens.requests(token) if token else []
    return [each for each in found if each.state == State.NEED_VERIFICATION] or NotConfirmable()


def confirm(
    secret: str, *, settle: str = CANCEL, sender: str | None = None, by: Actor
) -> list[Request] | NotConfirmable:
    """The requests are theirs: they are carried out. Once; `sender` is the From address of a reply, `settle` what an
    erasure does with open orders first: `cancel` or `deliver`.

    Whoever has a link has the mailbox that it went to, and so has a letter from that address with the code.
    """
    with _taken(secret, sender) as found:
        if isinstance(found, NotConfirmable):
            return found
        invite(found)
        for each in found:
            each.settle = settle
            each.save(update_fields=["settle"])
        return take_up(found, by=by, act=Act.REQUEST_CONFIRM)


def disown(secret: str, *, sender: str | None = None, by: Actor) -> list[Request] | NotConfirmable:
    """It was not them who asked: the requests end, and nothing was done."""
    with _taken(secret, sender) as found:
        if isinstance(found, NotConfirmable):
            return found
        ended = [steps.move(each, State.REVOKED, reason=Reason.NOT_ME, by=themselves(each, by)) for each in found]
        for each in ended:
            close_conversation(each, by=themselves(each, by))
        return ended


def was_said(code: str, *, sender: str, is_theirs: bool) -> bool:
    """Whether this address has given the same word already: to give it once more asks for nothing."""
    token = tokens.issued(tokens.CONFIRM, code)
    if token is None or token.used_at is None or token.subject not in writers(sender):
        return False
    heard = [each.reason for each in tokens.requests(token) if each.reason != Reason.UNCONFIRMED]
    return {reason != Reason.NOT_ME for reason in heard} == {is_theirs}


@contextmanager
def _taken(secret: str, sender: str | None) -> Iterator[list[Request] | NotConfirmable]:
    """Use up the secret. What it is for and still waits, in a transaction that holds its people."""
    known = _known(secret, sender)
    subjects = tokens.subjects(known) if known else set[UUID]()
    with alone_with(*subjects), transaction.atomic():
        yield _take(secret, subjects, is_reply=sender is not None)


def _take(secret: str, subjects: Collection[UUID], *, is_reply: bool) -> list[Request] | NotConfirmable:
    left = [subject for subject in subjects if not vault.is_erased(subject)]
    if not left:
        return NotConfirmable()
    hold_still(*left)
    token = tokens.find(tokens.CONFIRM, secret, from_its_address=is_reply, lock=True)
    if token is None:
        return NotConfirmable()
    tokens.use_up(token)
    theirs = [each for each in tokens.requests(token, lock=True) if each.subject in left]
    return [each for each in theirs if each.state == State.NEED_VERIFICATION] or NotConfirmable()


def _known(secret: str, sender: str | None) -> Token | None:
    if sender is None:
        return tokens.find(tokens.CONFIRM, secret)
    if limits.take([(GUESSES, vault.digest("email", sender))]) is not None:
        return None
    token = tokens.find(tokens.CONFIRM, secret, from_its_address=True)
    return token if token and token.subject in writers(sender) else None
