"""A letter comes in: it is taken once, and whatever it changes is changed in the transaction that takes it.

    1  know     the same bytes were taken before: what became of them then is the answer, and nothing is changed
    2  read     what it says, who wrote it, what they want; DNS is asked, when the settings say so
    3  take     the people locked; the letter noted as taken; what it asks for begun, and our letters queued

Killed before 3 is committed, nothing has happened, and the letter is taken again from the box in which it still lies.
Killed after, it is known. What a letter says is sealed in its conversation, or is nowhere.
"""

import hmac
import time
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.accounts import limits
from upheld.contact import returning
from upheld.contact.locking import alone_with
from upheld.contact.models import Letter as OurLetter
from upheld.contact.suppressing import hold
from upheld.mailbox.answering import IGNORED, REFUSED, Outcome
from upheld.mailbox.asking import ask
from upheld.mailbox.authentic import Authenticity, Handed, Verdict, authenticity
from upheld.mailbox.heeding import heed
from upheld.mailbox.incoming import UNKNOWN, Incoming
from upheld.mailbox.letter import Letter, Refused
from upheld.mailbox.models import Taken
from upheld.mailbox.reading import LARGEST, read, unfit
from upheld.mailbox.wants import Wants, wants
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.rights import verbs as rights
from upheld.vault.errors import Erased
from upheld.vault.keys.ring import service_key
from upheld.vault.locking import hold_still

BY = Actor.system("mailbox")
KEY = "letters_taken"
KNOWN = timedelta(days=400)  # how long a letter that comes once more is known
FORGED = "forged"
PAUSES = (0.0, 0.1, 0.5, 2.0)  # seconds before another look at who holds the address; an erasure takes as long
# Nobody's mailbox is to be filled by our answers, whoever writes in their name: letters for which their domain does
# not vouch are counted by that domain too, and use up nothing of those for which it does.
ANSWERS = limits.Limit("mailbox.answers", 20, 3600)
ANSWERS_VOUCHED = limits.Limit("mailbox.answers_vouched", 20, 3600)
ANSWERS_TO_DOMAIN = limits.Limit("mailbox.answers_to_domain", 100, 3600)


class Moved(Exception):
    """Who holds the letter's address changes just now. Take the letter again in a minute."""


def receive(raw: bytes, *, way: str, handed: Handed | None = None) -> Outcome:
    """Take a letter (RFC 5322) that came in by `way`, a code such as imap, and say what became of it.

    `handed` is how SMTP handed it over, when it did. Must not run inside a transaction, since DNS may be asked; safe
    to repeat. Raises Refused when the policy has no source `letter`.
    """
    require(Act.MAIL_TAKE, by=BY)
    digest = _digest(raw)
    before = _taken(digest)
    if before is not None:
        return before
    take = partial(_take, digest, way)
    report = None if unfit(raw) else returning.read(raw)
    if report is not None:
        return take(_reported(report), partial(_heed_report, report))
    letter = read(raw, own=[settings.HOME.host])
    if isinstance(letter, Refused):
        return take((), lambda: Outcome(REFUSED, (), UNKNOWN, letter.reason.value))
    found = wants(letter.text, letter.subject)
    if letter.is_automatic:
        return take((), lambda: Outcome(IGNORED, (), found.language, letter.automatic))
    vouched = _vouched(raw, letter, handed)
    if vouched.verdict is Verdict.NOT:
        return take((), lambda: Outcome(REFUSED, (), found.language, FORGED))
    return _take_from_its_writer(letter, found, take, may_answer=_may_answer(letter.sender, vouched))


def forget_taken() -> int:
    """Remove the traces of letters that lie in no box any more. Returns how many."""
    removed: int = Taken.objects.filter(at__lt=timezone.now() - KNOWN).delete()[0]
    return removed


def _take_from_its_writer(letter: Letter, found: Wants, take: Callable[..., Outcome], *, may_answer: bool) -> Outcome:
    """Whoever holds the address is locked before the transaction begins, and must be the same within it."""
    for pause in PAUSES:
        time.sleep(pause)
        subjects = rights.writers(letter.sender)
        incoming = Incoming(letter, found, tuple(subjects), may_answer)
        try:
            return take(subjects, partial(_heed_writer, incoming))
        except (Moved, Erased):
            continue
    raise Moved


def _heed_writer(incoming: Incoming) -> Outcome:
    hold(incoming.letter.sender)
    if tuple(rights.writers(incoming.letter.sender)) != incoming.subjects:
        raise Moved
    hold_still(*incoming.subjects)  # at once and in order, as whoever else wants several of them does
    return heed(incoming)


def _vouched(raw: bytes, letter: Letter, handed: Handed | None) -> Authenticity:
    """Whether its domain says that it is theirs. What nobody can tell is no forgery: whatever matters is asked back,
    at the address on file."""
    home = settings.HOME
    servers = home.text("mail.authserv").split()
    asked = ask if home.number("mail.dns") else None
    return authenticity(raw, letter.sender, servers=servers, ask=asked, handed=handed)


def _may_answer(sender: str, vouched: Authenticity) -> bool:
    """`ada+shop@` and `ada@` are one mailbox. What is at `.invalid` is nobody's (RFC 2606), our own checks' besides."""
    local, _, domain = sender.rpartition("@")
    mailbox = vault.digest("email", f"{local.partition('+')[0] or local}@{domain}")
    if vouched:
        return limits.take([(ANSWERS_VOUCHED, mailbox)]) is None
    by_domain = [] if domain.endswith(".invalid") else [(ANSWERS_TO_DOMAIN, domain.encode())]
    return limits.take([(ANSWERS, mailbox), *by_domain]) is None


def _reported(report: returning.Report) -> list[UUID]:
    return list(OurLetter.objects.filter(pk=report.letter).values_list("subject", flat=True))


def _heed_report(report: returning.Report) -> Outcome:
    returning.take(report)
    return Outcome(IGNORED, (), UNKNOWN, report.kind)


def _take(digest: bytes, way: str, subjects: Collection[UUID], act: Callable[[], Outcome]) -> Outcome:
    """One transaction. Whoever takes the same letter at the same time waits, and is told what came of it."""
    try:
        with alone_with(*subjects), transaction.atomic():
            taken = Taken.objects.create(digest=digest, at=timezone.now())
            outcome = act()
            taken.outcome, taken.kinds = outcome.outcome, list(outcome.kinds)
            taken.language, taken.reason = outcome.language, outcome.reason[:400]
            taken.save()
            facts: dict[str, ledger.Fact] = {"kinds": list(outcome.kinds), "outcome": outcome.outcome, "way": way}
            ledger.append(Act.MAIL_TAKE, by=BY, facts=facts)
            return outcome
    except IntegrityError:
        before = _taken(digest)
        if before is None:
            raise
        return before


def _taken(digest: bytes) -> Outcome | None:
    row = Taken.objects.filter(pk=digest).first()
    return Outcome(row.outcome, tuple(row.kinds), row.language, row.reason) if row else None


def _digest(raw: bytes) -> bytes:
    """Of what is read of it. Keyed, so that nobody can try letters against it."""
    return hmac.digest(service_key(KEY), raw[: LARGEST + 1], "sha256")
