"""Programs of Linux, AppImages among them: the stamp follows the last byte, which nothing in the file refers to.

An AppImage finds its file system by the end of the program's own sections, and reads as much of it as that says. One
that is signed gets a side file, since its signature covers the whole file. Source: System V ABI, chapter 4;
https://github.com/AppImage/AppImageSpec.
"""

from struct import Struct

from upheld.builds import payloads
from upheld.builds.stamps.pieces import Artefact, Piece, Unsuitable

NAME = "elf"
MAGIC = b"\x7fELF"
MOST_ENTRIES = 4096
NO_BITS = 8
MODULE = b"~Module signature appended~\n"
SIGNATURES = (b".sha256_sig", b".sig_key")

# Of a 32-bit and a 64-bit file: the header's tables; a segment's offset and size; a section's name, kind, offset, size.
HEADS = {1: ("16xHHIIIIIHHHHHH", 52), 2: ("16xHHIQQQIHHHHHH", 64)}
SEGMENTS = {1: ("4xI8xI", 32), 2: ("8xQ16xQ", 56)}
SECTIONS = {1: ("II8xII", 40), 2: ("II16xQQ", 64)}


def fits(file: Artefact) -> bool:
    return file.size >= 52 and file.at(0, 4) == MAGIC


def held(file: Artefact) -> range | None:
    last = file.end(payloads.MOST)
    at = payloads.tail(last)
    return None if at is None else range(file.size - len(last) + at, file.size)


def plan(file: Artefact, payload: bytes) -> list[Piece]:
    old = held(file)
    stop = old.start if old else file.size
    _check(file, stop)
    return [range(0, stop), payload]


def _check(file: Artefact, stop: int) -> None:
    width, order = file.at(4, 2)
    if width not in HEADS or order not in (1, 2):
        raise Unsuitable("it is no ELF that we know")
    mark = "<" if order == 1 else ">"
    form, length = HEADS[width]
    head = Struct(mark + form).unpack_from(file.at(0, length))
    (segments_at, sections_at), (segment_size, segments, section_size, sections, names) = head[4:6], head[8:]
    if segments > MOST_ENTRIES or sections > MOST_ENTRIES:
        raise Unsuitable("it has more parts than a program has")
    parts = _table(file, mark, SEGMENTS[width], (segments_at, segment_size, segments))
    named = _table(file, mark, SECTIONS[width], (sections_at, section_size, sections))
    for offset, size in parts + [(offset, size) for _, kind, offset, size in named if kind != NO_BITS]:
        if offset + size > stop:
            raise Unsuitable("a part leads out of the file")
    if file.end(len(MODULE)) == MODULE or _is_signed(file, named, names):
        raise Unsuitable("a signature covers the whole file")


def _table(file: Artefact, mark: str, form: tuple[str, int], place: tuple[int, int, int]) -> list[tuple[int, ...]]:
    written, needed = Struct(mark + form[0]), form[1]
    offset, size, count = place
    if count and size != needed:
        raise Unsuitable("its tables are not as we know them")
    table = file.at(offset, size * count)
    return [written.unpack_from(table, at) for at in range(0, len(table), size)] if count else []


def _is_signed(file: Artefact, sections: list[tuple[int, ...]], names: int) -> bool:
    """Whether a section in which an AppImage keeps its signature holds anything."""
    if names >= len(sections):
        return False
    _, _, start, length = sections[names]
    for name, kind, offset, size in sections:
        written = file.at(start + name, min(16, max(0, length - name))).partition(b"\0")[0]
        if written in SIGNATURES and kind != NO_BITS and any(file.at(offset, min(size, 1 << 16))):
            return True
    return False
