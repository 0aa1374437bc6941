"""What comes back about a letter: that it could not be delivered (RFC 3464), or that its reader complained (RFC 5965).

A report counts only when it returns the letter's own Message-ID, which nobody but the letter's way and its reader has
seen. Its words are kept nowhere.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.contact.choosing import refuse_everything
from upheld.contact.models import Address, Letter
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

BY = Actor.system("letters")
BOUNCE, COMPLAINT = "bounce", "complaint"
OURS = re.compile(r"^\s*<?([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE)
STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")
ABSENT = ("5.1", "5.2.1", "5.4.4", "5.7.13")  # no such mailbox or domain, or disabled (RFC 3463, 7505)


@dataclass(frozen=True, slots=True)
class Report:
    kind: str  # bounce or complaint
    letter: UUID
    status: str = ""  # of a bounce, such as 5.1.1 (RFC 3463)

    @property
    def is_for_good(self) -> bool:
        """Nobody is at that address. A full mailbox or a refused text says nothing about it."""
        return self.status.startswith(ABSENT)


def read(raw: bytes) -> Report | None:
    """What a message reports about a letter of ours; None when it is no such report. Pure; raises nothing."""
    try:
        return _read(raw)
    except Exception:
        # A door: the standard library's parser has faults of its own, and is recursive.
        return None


def _read(raw: bytes) -> Report | None:
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    if message.get_content_type() != "multipart/report":
        return None
    letter = next(_letters(message), None)
    parts = {part.get_content_type(): part for part in message.walk()}
    if letter and "message/feedback-report" in parts:
        return Report(COMPLAINT, letter)
    if letter and "message/delivery-status" in parts:
        status = _status(parts["message/delivery-status"])
        return Report(BOUNCE, letter, status) if status else None
    return None


def take(report: Report) -> bool:
    """Act on it: an address where nobody is gets no more news; whoever complains has refused every topic.

    Whether it changed anything: a report about a letter that we do not know, or the same again, does not.
    """
    letter = Letter.objects.filter(pk=report.letter).first()
    if letter is None or not letter.goes_to:  # one to an address that we do not hold says nothing about anyone
        return False
    if report.kind == COMPLAINT:
        refuse_everything(letter.subject, by=BY, source=COMPLAINT)
        return True
    return report.is_for_good and _mark(letter, report)


@transaction.atomic
def _mark(letter: Letter, report: Report) -> bool:
    """The address that the letter went to, unless it was changed since."""
    require(Act.ADDRESS_BOUNCE, by=BY, subject=letter.subject)
    rows = Address.objects.select_for_update().filter(subject=letter.subject, bounced_at=None)
    found = rows.filter(verified_at__lte=letter.at).first() or rows.filter(verified_at=None).first()
    if found is None:
        return False
    found.bounced_at = timezone.now()
    found.save(update_fields=["bounced_at"])
    facts: dict[str, ledger.Fact] = {"row": found.reference, "letter": letter.reference, "status": report.status}
    ledger.append(Act.ADDRESS_BOUNCE, by=BY, subject=letter.subject, facts=facts)
    return True


def _letters(message: Message) -> Iterator[UUID]:
    """The ids of letters of ours that are returned whole, or by their headers (RFC 3462)."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" and isinstance(part.get_payload(), list):
            found = OURS.match(str(part.get_payload(0).get("Message-ID", "")))  # type: ignore[union-attr]  # a message
        elif part.get_content_type() == "text/rfc822-headers":
            headers = email.message_from_string(str(part.get_payload()))
            found = OURS.match(str(headers.get("Message-ID", "")))
        else:
            continue
        if found:
            yield UUID(found[1])


def _status(part: Message) -> str:
    """Of the one recipient that a letter of ours has, if delivery failed for good."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if str(block.get("Action", "")).strip().lower() == "failed":  # type: ignore[union-attr]  # a message
            found = STATUS.search(str(block.get("Status", "")))  # type: ignore[union-attr]  # likewise
            return found[0] if found and found[1] == "5" else ""
    return ""
