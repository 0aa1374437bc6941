"""A letter is written: put on record, sealed, and left for `delivering` to hand over once that is committed."""

import re
from functools import partial

from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.contact import delivering, words
from upheld.contact.addresses import read
from upheld.contact.errors import NewsToStranger, NotNews
from upheld.contact.languages import in_words_of
from upheld.contact.letters import News, Wording
from upheld.contact.models import Letter
from upheld.contact.pacing import lane_of
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import Personal

MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,240}>")
"""What we take from a letter as its Message-ID (RFC 5322, section 3.6.4): one line of ASCII, and no longer than one."""


@transaction.atomic
def send(
    wording: Wording, *, to: Personal, by: Actor, as_now: bool = False, language: str = "en", answers: str = ""
) -> Letter:
    """Write to the address in `to.email`, which is opened when the letter leaves, for the letter's purpose.

    `as_now` opens it now: for the last letter to an address that is about to change. `language` is the one to write in,
    English where we have no such words; `answers` the Message-ID of the letter that this one answers. A transaction
    that is rolled back writes to nobody. Raises NotNews, Refused and what `vault.open` raises.
    """
    letter = Letter(subject=to.subject, goes_to=to.reference, lane=getattr(to, "lane", None))
    said = _said(wording, language=language, answers=answers)
    if as_now:
        require(Act.LETTER_SEND, by=by, subject=to.subject, purpose=wording.purpose)
        said["to"] = vault.open(to, ["email"], by=by, purpose=wording.purpose)["email"] or ""
    return _queue(letter, wording, said, by=by)


@transaction.atomic
def answer(wording: Wording, *, email: str, by: Actor, language: str = "en", answers: str = "") -> Letter:
    """Write to an address of which nothing is held, and keep it nowhere but in the letter's sealed words, until it has
    left. The letter's subject is nobody: one of its own, of whom nothing else is held.

    Raises NotAnAddress, NewsToStranger, NotNews, Refused.
    """
    if is_news(wording.purpose):
        raise NewsToStranger(wording.kind)
    said = _said(wording, language=language, answers=answers) | {"to": read(email)}
    return _queue(Letter(subject=vault.new_subject(), lane=lane_of(said["to"])), wording, said, by=by)


def _said(wording: Wording, *, language: str, answers: str) -> dict[str, str]:
    with in_words_of(language):
        said = {"subject": str(wording.subject), "text": wording.text(), "html": wording.html()}
    return said | ({"answers": answers} if MESSAGE_ID.fullmatch(answers) else {})


def _queue(letter: Letter, wording: Wording, said: dict[str, str], *, by: Actor) -> Letter:
    if is_news(wording.purpose) != isinstance(wording, News):
        raise NotNews(wording.kind)
    require(Act.LETTER_SEND, by=by, subject=letter.subject, purpose=wording.purpose)
    now = timezone.now()
    letter.kind, letter.purpose = wording.kind, wording.purpose
    letter.at = letter.due_at = now
    letter.ending, letter.words = "", words.seal(said, letter=letter.id, day=now)
    letter.save(force_insert=True)
    facts: dict[str, ledger.Fact] = {"kind": wording.kind, "letter": letter.reference, "purpose": wording.purpose}
    ledger.append(Act.LETTER_SEND, by=by, subject=letter.subject, facts=facts)
    transaction.on_commit(partial(delivering.soon, letter))
    return letter


def send_nobody(*, by: Actor) -> None:
    """The traces that a letter would leave, in the same places and at the same times, where there is nobody to write
    to: whoever watches the ledger grow learns nothing."""
    with transaction.atomic():
        ledger.append(Act.ADDRESS_UNKNOWN, by=by)
        transaction.on_commit(partial(delivering.soon, None))


def is_news(purpose: str) -> bool:
    """Whether letters for this purpose are a matter of the person's choice."""
    return purpose in force.in_force().topics
