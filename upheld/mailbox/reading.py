"""Any bytes to a letter, or to a refusal with its reason. It never raises, and is quick whatever the bytes are."""

import re
from collections.abc import Collection
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import IO

from upheld.mailbox import bodies, headers
from upheld.mailbox.automatic import automatic
from upheld.mailbox.letter import Letter, Reason, Refused
from upheld.mailbox.quoting import apart

LARGEST = 25 * 2**20  # bytes
MOST_LINES = 500_000
LONGEST_HEADERS = 256 * 2**10  # bytes
DEEPEST = 12  # of parts within parts
MOST_PARTS = 200
# What begins a part that holds others; counted before the parser sees it, since that one is recursive.
_NESTING = re.compile(rb"^content-type[ \t]*:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_HEADER = re.compile(rb"^[\x21-\x39\x3b-\x7e]+[ \t]*:", re.MULTILINE)
_BLANK = re.compile(rb"\r?\n\r?\n|\r\r")


def read(source: bytes | IO[bytes], *, own: Collection[str] = ()) -> Letter | Refused:
    """The letter. A stream is read no further than a letter may be long.

    `own` are the domains of our own Message-IDs: a letter that bears one is ours, come back.
    """
    raw = source if isinstance(source, bytes) else source.read(LARGEST + 1)
    reason = unfit(raw)
    if reason:
        return Refused(reason)
    try:
        return _read(BytesParser(policy=compat32).parsebytes(raw), own)
    except Exception:
        # A door: the standard library's parser has faults of its own, and a letter is never worth a crash.
        return Refused(Reason.GARBAGE)


def unfit(raw: bytes) -> Reason | None:
    """What is wrong with it before anything is parsed."""
    if len(raw) > LARGEST:
        return Reason.TOO_LARGE
    if raw.count(b"\n") + raw.count(b"\r") > 2 * MOST_LINES:
        return Reason.TOO_MANY_LINES
    blank = _BLANK.search(raw, 0, LONGEST_HEADERS + 4)
    if blank is None and len(raw) > LONGEST_HEADERS:
        return Reason.HEADERS_TOO_LONG
    head = raw[: blank.start()] if blank else raw
    if not _HEADER.search(head):
        return Reason.GARBAGE
    if b"\0" in head:
        return Reason.HEADER_INJECTION
    nested = len(_NESTING.findall(raw))
    return Reason.TOO_DEEP if nested > MOST_PARTS // 4 else None


def _read(message: Message, own: Collection[str]) -> Letter | Refused:
    sender = headers.sender(message)
    if isinstance(sender, Refused):
        return sender
    subject = headers.words(headers.one(message, "Subject"))
    if headers.injected(subject):
        return Refused(Reason.HEADER_INJECTION)
    found = bodies.read(message, deepest=DEEPEST, most=MOST_PARTS)
    if isinstance(found, Refused):
        return found
    written = apart(found.text)
    message_id = headers.one(message, "Message-ID")
    return Letter(
        sender=sender,
        message_id=next(iter(headers.ids(message_id)), ""),
        to=headers.recipients(message),
        date=headers.date(message),
        subject=subject,
        text=written.own,
        quoted=written.quoted,
        signature=written.signature,
        in_reply_to=headers.ids(headers.one(message, "In-Reply-To")),
        references=headers.ids(headers.one(message, "References")),
        automatic=automatic(message, sender, subject, own),
        name=headers.name(message),
        attachments=found.attachments,
    )
