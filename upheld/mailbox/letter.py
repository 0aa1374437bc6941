"""A letter that was read, and a refusal to read one."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal


class Reason(StrEnum):
    """Why a letter is refused."""

    GARBAGE = "garbage"
    HEADER_INJECTION = "header_injection"
    HEADERS_TOO_LONG = "headers_too_long"
    NO_FROM = "no_from"
    SEVERAL_FROM = "several_from"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    TOO_MANY_LINES = "too_many_lines"
    TOO_MANY_PARTS = "too_many_parts"
    UNCLEAR_FROM = "unclear_from"

    @property
    def sentence(self) -> str:
        """For whoever looks into the mailbox."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.GARBAGE: "It is not a letter: no header can be read.",
    Reason.HEADER_INJECTION: "A header holds a line break or a control character in disguise.",
    Reason.HEADERS_TOO_LONG: "Its headers are longer than 256 KB.",
    Reason.NO_FROM: "It does not say whom it is from.",
    Reason.SEVERAL_FROM: "It says that it is from several people.",
    Reason.TOO_DEEP: "Its parts are nested too deep.",
    Reason.TOO_LARGE: "It is larger than 25 MB.",
    Reason.TOO_MANY_LINES: "It has more than 500,000 lines.",
    Reason.TOO_MANY_PARTS: "It has more than 200 parts.",
    Reason.UNCLEAR_FROM: "The address that it is from cannot be read, or could be read as another.",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A letter that is not read. Nothing it said may be acted on."""

    reason: Reason

    @property
    def sentence(self) -> str:
        return self.reason.sentence

    def __bool__(self) -> Literal[False]:
        return False


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something enclosed, by SHA-256 digest (hexadecimal) and size in bytes. Its name is not kept: names tell."""

    digest: str
    size: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says.

    `sender` is the one address of its From header, in the form in which addresses are kept, and `name` the name that
    stands with it; Reply-To, Sender and Cc are never looked at. `text` is what the writer wrote, without what they
    quoted or forwarded (`quoted`) and their signature. `automatic` is the code of why no person wrote it, empty when
    one did.
    """

    sender: str = field(repr=False)
    message_id: str = field(repr=False)
    to: tuple[str, ...] = field(repr=False)
    date: datetime | None
    subject: str = field(repr=False)
    text: str = field(repr=False)
    quoted: str = field(repr=False)
    signature: str = field(repr=False)
    in_reply_to: tuple[str, ...] = field(repr=False)
    references: tuple[str, ...] = field(repr=False)
    automatic: str = ""
    name: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)

    @property
    def is_automatic(self) -> bool:
        return bool(self.automatic)
