"""Gzip, and so tar.gz: the stamp is a subfield of the first header's extra field, which every reader passes over.

Source: RFC 1952, 2.3.1.
"""

from dataclasses import dataclass
from zlib import crc32

from upheld.builds import payloads
from upheld.builds.stamps.pieces import Artefact, Piece, Unsuitable

NAME = "gzip"
OURS = b"UB"
IN_BLOCKS = b"BC"  # BGZF: its readers find the next block by a length that an extra field would change
HEADER_CRC, EXTRA, FILE_NAME, COMMENT, RESERVED = 2, 4, 8, 16, 0xE0
FIXED, LONGEST = 10, 0xFFFF


@dataclass(frozen=True, slots=True)
class Header:
    """A member's header: its ten fixed bytes, its subfields with where each one's data begin, and where these end."""

    fixed: bytes
    fields: list[tuple[bytes, bytes, int]]
    stop: int

    @property
    def flags(self) -> int:
        return self.fixed[3]


def fits(file: Artefact) -> bool:
    return file.size > FIXED and file.at(0, 3) == b"\x1f\x8b\x08"


def held(file: Artefact) -> range | None:
    for name, data, at in _header(file).fields:
        if name == OURS and payloads.tail(data) == 0:
            return range(at, at + len(data))
    return None


def plan(file: Artefact, payload: bytes) -> list[Piece]:
    header = _header(file)
    names = [name for name, _, _ in header.fields]
    if IN_BLOCKS in names:
        raise Unsuitable("it is read by blocks")
    fields = [(name, data) for name, data, _ in header.fields if name != OURS] + [(OURS, payload)]
    extra = b"".join(name + len(data).to_bytes(2, "little") + data for name, data in fields)
    if len(extra) > LONGEST:
        raise Unsuitable("its header has no room")
    fixed = bytearray(header.fixed)
    fixed[3] |= EXTRA
    made = bytes(fixed) + len(extra).to_bytes(2, "little") + extra
    if not header.flags & HEADER_CRC:
        return [made, range(header.stop, file.size)]
    words = _words(file, header)
    made += words
    return [made, (crc32(made) & 0xFFFF).to_bytes(2, "little"), range(header.stop + len(words) + 2, file.size)]


def _header(file: Artefact) -> Header:
    fixed = file.at(0, FIXED)
    if fixed[3] & RESERVED:
        raise Unsuitable("its header has flags that nobody has defined")
    if not fixed[3] & EXTRA:
        return Header(fixed, [], FIXED)
    length = int.from_bytes(file.at(FIXED, 2), "little")
    start = FIXED + 2
    extra = file.at(start, length)
    fields, at = [], 0
    while at < length:
        size = int.from_bytes(extra[at + 2 : at + 4], "little")
        if at + 4 + size > length:
            raise Unsuitable("a subfield leads out of its header")
        fields.append((extra[at : at + 2], extra[at + 4 : at + 4 + size], start + at + 4))
        at += 4 + size
    return Header(fixed, fields, start + length)


def _words(file: Artefact, header: Header) -> bytes:
    """The name and the comment that follow the extra field, each with the zero that ends it."""
    count = bool(header.flags & FILE_NAME) + bool(header.flags & COMMENT)
    ahead = file.at(header.stop, min(LONGEST, file.size - header.stop))
    stop = 0
    for _ in range(count):
        stop = ahead.find(b"\0", stop) + 1
        if not stop:
            raise Unsuitable("a name in its header does not end")
    if header.stop + stop + 2 > file.size:
        raise Unsuitable("its header is cut off")
    return ahead[:stop]
