"""A letter leaves: the choice asked, the address opened, and the whole handed to the mail server or the folder.

    1  take   the person locked; the letter locked and looked at; refused? then it ends here; the attempt on record
    2  hand   to the server, which takes it, refuses it, or does not answer
    3  note   what became of it; its words go

The person stays locked from 1 to 3, and whoever makes a choice takes the same lock: an opt-out that was answered
before a letter left stops it. Killed between 1 and 3, nobody knows whether it left. News is then not sent again, and
its ending says `unknown`; any other letter is sent again under the same Message-ID, which is one letter to whoever
gets it twice.
"""

import logging
import smtplib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache, partial
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import close_old_connections, transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.contact import bulletins, composing, pacing, signing, words
from upheld.contact.errors import NoMailKey
from upheld.contact.locking import alone_with
from upheld.contact.models import Address, Bulletin, Choice, Interest, Letter
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.errors import Refused
from upheld.vault.errors import Restricted, VaultError
from upheld.vault.keys import ring

log = logging.getLogger(__name__)
BY = Actor.system("letters")
PAUSES = (60, 300, 1800, 7200, 21600, 43200, 86400, 86400)  # seconds between tries: three days and a half in all
KEYS_LAST = timedelta(days=5)  # longer than any letter is tried
FEW = 200
HANGS_UP = 421  # the server's last word on a connection (RFC 5321, section 3.8)

SENT, FAILED, GONE, REFUSED, UNKNOWN, LATER = "sent", "failed", "gone", "refused", "unknown", ""


class Outcome(NamedTuple):
    ending: str  # or LATER
    code: int | None  # what the server answered
    is_of_domain: bool = False  # it was about where the letter goes, not about us or itself


def soon(letter: Letter | None) -> None:
    """Into the folder at once; to a server behind the answer's back, so that its pace does not show in ours."""
    if settings.HOME.text("mail.url"):
        _queue().submit(_apart, letter)
    else:
        _deliver_or_pretend(letter)


def deliver(letter: Letter, *, by_way_of: BaseEmailBackend | None = None) -> str:
    """Hand one letter over, if it is still due. Its ending; empty when it is to be tried again, or was not due.

    Raises NoMailKey, and then the letter stays due.
    """
    signing.ready()
    with alone_with(letter.subject):
        message = _take(letter)
        if isinstance(message, str):
            return message
        outcome = _hand_over(message, by_way_of or get_connection())
        _slow_down(pacing.lane_of(message.to[0]), outcome)
        return _note(letter, outcome)


def deliver_due(*, progress: Callable[[int, int], None] | None = None) -> int:
    """Hand over every letter that is due, by one connection, but for those to a domain that is to be left alone now.
    Safe to interrupt and repeat. How many have left."""
    left, total, done = 0, Letter.objects.due().count() if progress else 0, 0
    connection = get_connection()
    try:
        while some := list(Letter.objects.due().exclude(lane__in=pacing.paces.resting())[:FEW]):
            for letter in some:
                if not pacing.paces.may_go(letter.lane):
                    continue
                begun = time.monotonic()
                left += deliver(letter, by_way_of=connection) == SENT
                done += 1
                if progress:
                    progress(done, max(done, total))
                _pace(begun)
    finally:
        connection.close()
    return left


def _pace(begun: float) -> None:
    """Not more letters a minute than the setting mail.rate; nobody is locked meanwhile."""
    rate = settings.HOME.number("mail.rate")
    if rate:
        time.sleep(max(0.0, begun + 60 / rate - time.monotonic()))


@transaction.atomic
def _take(letter: Letter) -> EmailMultiAlternatives | str:
    """The message, on record as being handed over; or why there is none."""
    found = Letter.objects.select_for_update().filter(subject=letter.subject, pk=letter.pk).first()
    if found is None:
        return GONE
    if found.due_at is None or found.due_at > timezone.now():
        return str(found.ending)
    if found.tried_at and found.purpose in force.in_force().topics:
        return _end(found, UNKNOWN)  # we died while handing it over
    news = Bulletin.objects.filter(pk=found.bulletin).first() if found.bulletin else None
    if found.purpose in force.in_force().topics and not _is_wanted(found, news):
        return _end(found, REFUSED)
    found.tried_at, found.tries = timezone.now(), found.tries + 1
    try:
        message = _message(found, news)
    except Restricted:
        return _end(found, REFUSED)
    except (Refused, VaultError, InvalidTag):
        return _end(found, GONE)
    if message is None:
        return _end(found, GONE)
    found.lane = pacing.lane_of(message.to[0])
    found.save(update_fields=["tried_at", "tries", "lane"])
    facts: dict[str, ledger.Fact] = {"letter": found.reference, "purpose": found.purpose, "try": found.tries}
    if news and news.product:
        facts["product"] = news.product
    require(Act.LETTER_DELIVER, by=BY, subject=found.subject)
    ledger.append(Act.LETTER_DELIVER, by=BY, subject=found.subject, facts=facts)
    return message


def _is_wanted(letter: Letter, news: Bulletin | None) -> bool:
    """Their latest word about the topic, and about the product; and nothing to where letters came back from."""
    if Address.objects.filter(subject=letter.subject, bounced_at__isnull=False).exists():
        return False
    interested = news is None or not news.product or Interest.objects.standing(letter.subject).get(news.product)
    return bool(interested) and Choice.objects.may_write(letter.subject, letter.purpose)


def _message(letter: Letter, news: Bulletin | None) -> EmailMultiAlternatives | None:
    if news:
        said = bulletins.said(news, reader=letter.subject)
    else:
        said = words.unseal(bytes(letter.words), letter=letter.id, day=letter.at)
    address = said["to"] if "to" in said else _address(letter)
    if not letter.goes_to and address:
        _pretend()  # to a stranger: the record grows as it does when an address is opened
    return composing.message(letter, said, address=address) if address else None


def _address(letter: Letter) -> str | None:
    label, _, id = letter.goes_to.partition(":")
    model = vault.by_label(label)
    row = model._default_manager.filter(subject=letter.subject, pk=id).first() if model else None
    return vault.open(row, ["email"], by=BY, purpose=letter.purpose)["email"] if row else None


def _hand_over(message: EmailMultiAlternatives, connection: BaseEmailBackend) -> Outcome:
    """What the server says; its text may hold the address, so that only its code is kept."""
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refused:
        [(code, said)] = refused.recipients.values()
        outcome = _judged(code)._replace(is_of_domain=_is_of_domain(code, said))
    except smtplib.SMTPResponseException as refused:
        outcome = _judged(refused.smtp_code)
    except OSError:  # every other failure of files, sockets and SMTP
        outcome = Outcome(LATER, None)
    else:
        return Outcome(SENT, None, is_of_domain=True)
    if outcome.code in (None, HANGS_UP):
        connection.close()  # the next letter has one of its own
    return outcome


def _judged(code: int) -> Outcome:
    """5yz is for good, 4yz for now (RFC 5321, section 4.2.1); a server's own fault (5yz on greeting) too."""
    return Outcome(FAILED if 500 <= code < 600 else LATER, code)


def _is_of_domain(code: int, said: bytes | str) -> bool:
    """A domain has us wait when it hangs up, or by its policy (4.7.z, RFC 3463); one full mailbox has no other wait."""
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    return code >= 500 or code == HANGS_UP or text.lstrip().startswith("4.7.")


def _slow_down(lane: int, outcome: Outcome) -> None:
    if outcome.is_of_domain and outcome.ending == LATER:
        pacing.paces.asked_to_wait(lane)
    elif outcome.is_of_domain:
        pacing.paces.took_one(lane)


@transaction.atomic
def _note(letter: Letter, outcome: Outcome) -> str:
    found = Letter.objects.select_for_update().filter(subject=letter.subject, pk=letter.pk).first()
    if found is None:
        return GONE
    ending, found.code = outcome.ending, outcome.code
    if ending == LATER and found.tries <= len(PAUSES):
        found.tried_at, found.due_at = None, timezone.now() + timedelta(seconds=PAUSES[found.tries - 1])
        found.save(update_fields=["tried_at", "due_at", "code"])
        log.warning("A letter of the kind %s could not be sent and is tried again.", found.kind)
        return LATER
    if ending in (FAILED, LATER):
        log.warning("A letter of the kind %s could not be sent.", found.kind)
    return _end(found, ending or FAILED)


def _end(letter: Letter, ending: str) -> str:
    """Its words go; that it was written, and what became of it, stays."""
    letter.ending, letter.ended_at = ending, timezone.now()
    letter.words, letter.due_at, letter.tried_at, letter.lane = b"", None, None, None
    letter.save(update_fields=["ending", "ended_at", "words", "due_at", "tried_at", "tries", "code", "lane"])
    return ending


def forget_keys() -> None:
    """Destroy the keys of days from which no letter can be waiting any more."""
    oldest = Letter.objects.exclude(due_at=None).order_by("at").values_list("at", flat=True).first()
    first = min(oldest or timezone.now(), timezone.now() - KEYS_LAST)
    ring.destroy_older_service_keys(words.PREFIX, than=words.key_of(first))


def _apart(letter: Letter | None) -> None:
    """In the thread of letters, which has database connections of its own. One to a domain that is to be left alone
    now is due, and found by the worker."""
    if letter is not None and not pacing.paces.may_go(letter.lane):
        return
    close_old_connections()
    try:
        _deliver_or_pretend(letter)
    except Exception as error:  # the worker finds it due and tries again; a thread must not end
        log.warning("A letter could not be handed over: %s.", type(error).__name__)
    finally:
        close_old_connections()


def _deliver_or_pretend(letter: Letter | None) -> None:
    if letter is not None:
        try:
            deliver(letter)
        except NoMailKey as error:  # whoever is waiting for an answer cannot mend it; the worker tells of it
            log.warning("%s", error)
        return
    with transaction.atomic():  # what a letter's address and its leaving would have put on record
        _pretend(2)


def _pretend(entries: int = 1) -> None:
    ledger.append_many([ledger.Draft(Act.ADDRESS_UNKNOWN, by=BY) for _ in range(entries)])


@cache
def _queue() -> ThreadPoolExecutor:
    """One thread a process. What is in it when the process dies is due, and found by the worker."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="letters")


settled: Callable[[], object] = partial(lambda: _queue().submit(lambda: None).result(timeout=30))
"""Wait until the letters of this process have been handed over: for commands and tests that look at what left."""
