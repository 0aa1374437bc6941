"""The headers of a letter, decoded. Nothing here raises, whatever they hold, but Unfit."""

import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from unicodedata import normalize

from upheld.contact.addresses import read as read_address
from upheld.contact.errors import NotAnAddress
from upheld.mailbox.charsets import decoded
from upheld.mailbox.letter import Reason, Refused

LONGEST = 2000  # characters of a header that are looked at
_FOLD = re.compile(r"\r?\n[ \t]+|\r\n|[\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,400}>")
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_ANGLED = re.compile(rf"\s*((?:{_QUOTED}|[^\"<>])*?)\s*<\s*([^<>\s]+)\s*>\s*(?:\([^()]*\))?\s*")
_BARE = re.compile(r"\s*([^<>\s,;:()\"]+@[^<>\s,;:()\"]+)\s*(?:\([^()]*\))?\s*")


def every(message: Message, name: str) -> list[str]:
    """Each header of that name as it stands, unfolded. Bytes that are no ASCII are taken for UTF-8 (RFC 6532)."""
    found = (str(value) for key, value in message.raw_items() if key.lower() == name.lower())
    return [_FOLD.sub(" ", each).encode("utf-8", "surrogateescape").decode("utf-8", "replace") for each in found]


def one(message: Message, name: str) -> str:
    """The first header of that name."""
    return next(iter(every(message, name)), "")[:LONGEST].strip()


def words(raw: str) -> str:
    """A header's text with its encoded words (RFC 2047) decoded."""
    try:
        parts = decode_header(raw)
    except (HeaderParseError, ValueError):
        return raw
    return "".join(part if isinstance(part, str) else decoded(part, charset) for part, charset in parts)


def injected(text: str) -> bool:
    return _CONTROL.search(text) is not None


def ids(raw: str) -> tuple[str, ...]:
    return tuple(_MESSAGE_ID.findall(raw))


def date(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(one(message, "Date"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def sender(message: Message) -> str | Refused:
    """The one address that the letter is from, in its normal form.

    Whatever could be read as two addresses, or looks like one and is another, is refused: who is written to later
    must be who is shown here.
    """
    found = every(message, "From")
    if not found or not found[0].strip():
        return Refused(Reason.NO_FROM)
    if len(found) > 1:
        return Refused(Reason.SEVERAL_FROM)
    raw = found[0]
    if len(raw) > LONGEST or _CONTROL.search(raw) or injected(words(raw)):
        return Refused(Reason.HEADER_INJECTION if len(raw) <= LONGEST else Reason.UNCLEAR_FROM)
    angled = _ANGLED.fullmatch(raw)
    if angled:
        shown = re.findall(r"[^\s<>,;:()'\"]+@[^\s<>,;:()'\"]+", re.sub(_QUOTED, "", angled[1]))
        if any(each.casefold() != angled[2].casefold() for each in shown):
            return Refused(Reason.SEVERAL_FROM if "," in angled[1] else Reason.UNCLEAR_FROM)
        return _normal(angled[2])
    bare = _BARE.fullmatch(raw)
    if bare:
        return _normal(bare[1])
    several = raw.count("@") > 1 and ("," in raw or ";" in raw)
    return Refused(Reason.SEVERAL_FROM if several else Reason.UNCLEAR_FROM)


def name(message: Message) -> str:
    """The name that stands in From with the address."""
    return words(parseaddr(one(message, "From"))[0])


def _normal(address: str) -> str | Refused:
    """Refused when its normal form is of other letters: full-width ones, for example, that only look alike."""
    try:
        found = read_address(address)
    except NotAnAddress:
        return Refused(Reason.UNCLEAR_FROM)
    local, _, domain = address.rpartition("@")
    same = normalize("NFKC", local) == local == found.rpartition("@")[0] and _is_domain(
        domain, found.rpartition("@")[2]
    )
    return found if same else Refused(Reason.UNCLEAR_FROM)


def _is_domain(written: str, normal: str) -> bool:
    return written.casefold() == normal.casefold() or written.lower().startswith("xn--") or ".xn--" in written.lower()


def recipients(message: Message) -> tuple[str, ...]:
    """Every address that a To header names, as written, at most fifty."""
    text = " ".join(every(message, "To"))[:LONGEST]
    return tuple(re.findall(r"[^\s<>,;:()\"]+@[^\s<>,;:()\"]+", text)[:50])
