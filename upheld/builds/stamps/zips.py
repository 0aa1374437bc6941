"""Zip and jar: the stamp ends the archive's comment.

No signature of a jar covers the comment (it covers entries), and every reader expects one. Source: PKWARE APPNOTE
6.3.10, 4.3.16 and 4.4.1.4 (zip64).
"""

from dataclasses import dataclass
from struct import unpack, unpack_from

from upheld.builds import payloads
from upheld.builds.stamps.pieces import Artefact, Piece, Unsuitable

NAME = "zip"
END, END64, LOCATOR64, ENTRY = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x01\x02"
FIXED, FIXED64, FIXED_LOCATOR = 22, 56, 20
LONGEST = 0xFFFF


@dataclass(frozen=True, slots=True)
class End:
    """The end of central directory record, as far as stamps need it."""

    place: int
    size: int  # of the central directory, bytes
    offset: int  # of the central directory, as written: a zip behind a program may count from its own beginning
    comment: bytes
    is_zip64: bool

    @property
    def commented(self) -> int:
        """Where the comment begins."""
        return self.place + FIXED


def fits(file: Artefact) -> bool:
    try:
        return bool(end(file))
    except Unsuitable:
        return False


def end(file: Artefact) -> End:
    """Raises Unsuitable unless the last record that looks like an end is one, and ends the file."""
    last = file.end(FIXED + LONGEST)
    at = last.rfind(END)
    if at < 0 or len(last) - at < FIXED:
        raise Unsuitable("it has no end of central directory")
    disk, start_disk, _, entries, size, offset, length = unpack_from("<HHHHIIH", last, at + 4)
    comment = last[at + FIXED :]
    place = file.size - len(last) + at
    if length != len(comment):
        raise Unsuitable("something follows the archive")
    if disk or start_disk:
        raise Unsuitable("the archive is one of several parts")
    is_zip64 = file.end(FIXED_LOCATOR, before=place)[:4] == LOCATOR64
    found = End(place, size, offset, comment, is_zip64)
    _check(file, found, entries)
    return found


def held(file: Artefact) -> range | None:
    found = end(file)
    at = payloads.tail(found.comment)
    return None if at is None else range(found.commented + at, file.size)


def plan(file: Artefact, payload: bytes) -> list[Piece]:
    found = end(file)
    kept = found.comment[: payloads.tail(found.comment)]
    if kept and not kept.endswith(b"\n"):
        kept += b"\n"
    comment = kept + payload
    if len(comment) > LONGEST:
        raise Unsuitable("the archive's comment has no room")
    return [range(0, found.commented - 2), len(comment).to_bytes(2, "little"), comment]


def _check(file: Artefact, found: End, entries: int) -> None:
    size, offset, stop = found.size, found.offset, found.place
    if found.is_zip64:
        stop -= FIXED_LOCATOR + FIXED64
        record = file.at(stop, FIXED64)
        if record[:4] != END64:
            raise Unsuitable("its zip64 records are not where they should be")
        entries, size, offset = unpack("<QQQ", record[32:])
    if offset + size > stop:
        raise Unsuitable("its central directory leads out of the file")
    if entries and file.at(stop - size, 4) != ENTRY:
        raise Unsuitable("its central directory is not where it should be")
