"""Somebody whom we do not know uses their rights on the site: whoever has the mailbox of the address that they type is
asked, and nobody who types it learns whether we know it."""

import time
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from upheld import ledger, vault
from upheld.accounts import limits
from upheld.contact import verbs as contact
from upheld.contact.locking import alone_with
from upheld.contact.suppressing import hold
from upheld.conversations import verbs as conversations
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights import letters
from upheld.rights.errors import Moved
from upheld.rights.models import Right
from upheld.rights.requests import tokens
from upheld.rights.requests.ending import conversation_of
from upheld.rights.requests.requesting import AGAIN, BY, ask, holds_too_many, waiting
from upheld.rights.requests.writers import writers
from upheld.vault.errors import Erased
from upheld.vault.locking import hold_still

WAY = "site"
IN_WORDS = (Right.RECTIFICATION, Right.OBJECTION)
"""What cannot be done without knowing what it is about."""
PAUSES = (0.0, 0.1, 0.5, 2.0)  # seconds before another look at who holds the address; an erasure takes as long
# Whoever types the addresses of strangers, from wherever, has so many letters written and no more.
TO_STRANGERS = limits.Limit("rights.to_strangers", 300, limits.HOUR)
AGAIN_SECONDS = int(tokens.LASTS.total_seconds() / 2)
MARKS_OF_A_REQUEST, MARKS_OF_WORDS = 2, 3  # entries in the ledger, at most
HOLDERS = 3  # of an address, for whom the ledger grows as for nobody: each order of a guest has a holder of its own
OURS = (Act.REQUEST_OPEN, Act.REQUEST_STEP, Act.CONVERSATION_OPEN, Act.MESSAGE_ADD, Act.FIELD_COLLECT)
LETTERS = (letters.ConfirmRequests.kind, letters.TooManyLetter.kind)


def start(email: str, rights: Collection[Right | str], *, text: str = "", language: str = "en", by: Actor) -> None:
    """Ask the address whether they want this: each right waits for its word, and nothing is done before. An address of
    which nothing is held has a letter that says so.

    `text` is kept only with what is in IN_WORDS. Not in a transaction, but in one that holds nobody. Raises
    NotAnAddress, Refused, and Moved when who holds the address changes just now.
    """
    wanted = [Right(each) for each in Right if each in set(rights)]
    words = text.strip() if any(each in IN_WORDS for each in wanted) else ""
    require(Act.REQUEST_OPEN, by=by)
    for pause in PAUSES:
        time.sleep(pause)
        subjects = writers(email)
        try:
            with alone_with(*subjects), transaction.atomic():
                hold(email)
                if writers(email) != subjects:
                    continue
                marks = len(wanted) * MARKS_OF_A_REQUEST * HOLDERS + bool(words) * MARKS_OF_WORDS
                if subjects:
                    hold_still(*subjects)
                    since = uuid7()
                    _ask(subjects, wanted, words, language, by)
                    _even(_written(subjects, since), marks, by)
                else:
                    _even((0, _answer_nobody(email, wanted, language)), marks, by)
                return
        except Erased:
            continue
    raise Moved


def _ask(subjects: list[UUID], wanted: list[Right], words: str, language: str, by: Actor) -> None:
    """Their words rest with those that wait for the same person's yes already, where there are any."""
    conversation = None
    if words and not any(holds_too_many(each) for each in subjects):
        by_hand = waiting(subjects, [each for each in wanted if each in IN_WORDS])
        conversation = next(filter(None, map(conversation_of, by_hand)), None)
        if conversation is not None:
            conversations.add(conversation, title="", text=words, by=by)
        else:
            conversation = conversations.begin(
                subjects[0], title="", text=words, reason="rights", language=language, acknowledged=False, by=by
            )
    ask(subjects, wanted, way=WAY, language=language, by=by, conversation=conversation.pk if conversation else None)


def _written(subjects: list[UUID], since: UUID) -> tuple[int, bool]:
    """How many entries this ask has made beside its letter's, and whether there is a letter. Their people are held, so
    that nobody else makes such entries meanwhile."""
    entries = ledger.Entry.objects.filter(subject__in=subjects, id__gt=since)
    sent = entries.filter(act=Act.LETTER_SEND)
    return entries.filter(act__in=OURS).count(), any(each.facts["kind"] in LETTERS for each in sent)


def _even(written: tuple[int, bool], marks: int, by: Actor) -> None:
    """Each ask for the same leaves as many entries, then and when its letter leaves, whether anybody is there, has
    asked before, or may ask no more: whoever watches the ledger grow learns nothing."""
    count, is_letter = written
    ledger.append_many([ledger.Draft(Act.ADDRESS_UNKNOWN, by=by) for _ in range(marks - count)])
    if not is_letter:
        contact.send_nobody(by=by)


def _answer_nobody(email: str, wanted: list[Right], language: str) -> bool:
    """Whether a letter is written: as often as to somebody who does not answer."""
    digest = vault.digest("email", email)
    fresh = [each for each in wanted if limits.take([(_asked_lately(each), digest)]) is None]
    if not fresh and limits.take([(AGAIN, digest)]) is not None:
        return False
    if limits.take([(TO_STRANGERS, b"")]) is not None:
        return False
    contact.answer(letters.NothingHeld(), email=email, by=BY, language=language)
    return True


def _asked_lately(right: Right) -> limits.Limit:
    """Where somebody's request would still wait for their word, it is not begun anew."""
    return limits.Limit(f"rights.unknown.{right}", 1, AGAIN_SECONDS)
