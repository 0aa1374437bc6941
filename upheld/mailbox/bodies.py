"""What a letter's parts hold: one text, and what is enclosed."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from hashlib import sha256

from upheld.mailbox import html
from upheld.mailbox.charsets import decoded
from upheld.mailbox.letter import Attachment, Reason, Refused

LONGEST_TEXT = 200_000  # characters; what a person writes by hand is shorter


@dataclass(frozen=True, slots=True)
class Body:
    text: str
    attachments: tuple[Attachment, ...]


def read(message: Message, *, deepest: int, most: int) -> Body | Refused:
    """The text that the writer's program shows first, and everything else as attachments."""
    parts: list[Message] = []
    for part, depth in _walk(message):
        if depth > deepest:
            return Refused(Reason.TOO_DEEP)
        parts.append(part)
        if len(parts) > most:
            return Refused(Reason.TOO_MANY_PARTS)
    leaves = [part for part in parts if not part.is_multipart()]
    shown = _shown(leaves)
    text = "\n".join(_text(part) for part in shown)[:LONGEST_TEXT]
    # The HTML of a text that was read is the same letter once more.
    enclosed = [part for part in leaves if part not in shown and not (shown and _is(part, "text/html"))]
    return Body(text.replace("\0", " "), tuple(_enclosed(part) for part in enclosed))


def _walk(message: Message) -> Iterator[tuple[Message, int]]:
    """Every part with its depth, in order, the parts of a letter that is enclosed as well."""
    left = [(message, 0)]
    while left:
        part, depth = left.pop()
        yield part, depth
        payload = part.get_payload()
        if isinstance(payload, list):
            left += [(inner, depth + 1) for inner in reversed(payload) if isinstance(inner, Message)]


def _shown(leaves: list[Message]) -> list[Message]:
    """Plain text that stands in the letter itself; without any, the first HTML."""
    own = [part for part in leaves if part.get_content_disposition() != "attachment" and not part.get_filename()]
    plain = [part for part in own if _is(part, "text/plain") and _text(part).strip()]
    return plain[:5] or [part for part in own if _is(part, "text/html")][:1]


def _is(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind


def _text(part: Message) -> str:
    text = decoded(_content(part), part.get_content_charset())
    return html.text(text) if _is(part, "text/html") else text.replace("\r\n", "\n").replace("\r", "\n")


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _enclosed(part: Message) -> Attachment:
    content = _content(part)
    return Attachment(sha256(content).hexdigest(), len(content), content)
