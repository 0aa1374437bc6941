"""A letter leaves: on record first, then, once that is committed, out of the door."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.contact import outbox
from upheld.contact.letters import Wording
from upheld.contact.models import Letter
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import Personal

log = logging.getLogger(__name__)
FRESH = 300  # seconds: a file younger than this may belong to a letter whose row is not visible yet


@transaction.atomic
def send(wording: Wording, *, to: Personal, by: Actor) -> Letter:
    """Write to the address in `to.email`, which is opened for the letter's purpose.

    Leaves only after the caller's transaction commits: one that is rolled back writes to nobody. A server that does
    not take the letter breaks nothing; the page offers to send again. Raises Refused and what `vault.open` raises.
    """
    require(Act.LETTER_SEND, by=by, subject=to.subject, purpose=wording.purpose)
    address = vault.open(to, ["email"], by=by, purpose=wording.purpose)["email"]
    letter = Letter.objects.create(subject=to.subject, kind=wording.kind, at=timezone.now())
    facts: dict[str, ledger.Fact] = {"kind": wording.kind, "letter": letter.reference, "purpose": wording.purpose}
    ledger.append(Act.LETTER_SEND, by=by, subject=to.subject, facts=facts)
    message = composed(wording, id=letter.id, address=address or "")
    transaction.on_commit(partial(_leave, message, wording.kind))
    return letter


def composed(wording: Wording, *, id: UUID, address: str) -> EmailMultiAlternatives:
    """The letter as a message. Auto-Submitted (RFC 3834) keeps absence notices from answering it."""
    sender = settings.HOME.text("mail.sender") or force.in_force().controller.contact
    headers = {
        "Message-ID": f"<{id}@{urlsplit(settings.HOME.site).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    message = EmailMultiAlternatives(wording.subject, wording.text(), sender, [address], headers=headers)
    message.attach_alternative(wording.html(), "text/html")
    return message


def burn_letters(subject: UUID) -> int:
    """Remove the folder's copies of the letters to this person. Safe to repeat; returns how many there were.

    Call it before the rows go, and `burn_orphans` after: a letter that left in between is an orphan then.
    """
    return sum(_burn(id) for id in Letter.objects.for_subject(subject).values_list("id", flat=True))


def burn_orphans() -> int:
    """Remove every copy, and every half-written one, whose row is gone: from a crash, or a burning."""
    now, burnt = time.time(), 0
    files = [f for f in settings.HOME.letters.glob("*") if now - f.stat().st_mtime > FRESH]
    for start in range(0, len(files), 500):
        some = {f: _id(f.stem) for f in files[start : start + 500]}
        known = set(Letter.objects.filter(id__in=[i for i in some.values() if i]).values_list("id", flat=True))
        for file, id in some.items():
            if id not in known and (id is not None or file.name.startswith(".new-")):
                file.unlink(missing_ok=True)
                burnt += 1
    return burnt


def _burn(id: UUID) -> int:
    file = outbox.place(id)
    there = file.exists()
    file.unlink(missing_ok=True)
    return int(there)


def _id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _leave(message: EmailMultiAlternatives, kind: str) -> None:
    """Into the folder at once; to a server behind the answer's back, so that its pace does not show in ours."""
    if settings.HOME.text("mail.url"):
        _queue().submit(_deliver, message, kind)
    else:
        _deliver(message, kind)


def _deliver(message: EmailMultiAlternatives, kind: str) -> None:
    try:
        get_connection().send_messages([message])
    except OSError:  # every failure of files, sockets and SMTP; the text may hold the address, so it is not logged
        log.warning("A letter of the kind %s could not be sent.", kind)


@cache
def _queue() -> ThreadPoolExecutor:
    """One thread a process. Letters in it are in memory only; the interpreter waits for them when it ends."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="letters")
