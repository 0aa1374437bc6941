"""Android packages: the stamp is a pair of its own in the APK Signing Block.

The signatures of scheme 2 and later cover the entries, the central directory and the end record (in which they take
the central directory's offset for the block's), and of the block only their own pair; verifiers pass over pairs that
they do not know. Source: https://source.android.com/docs/security/features/apksigning/v2. A package without a block is
a zip.
"""

from collections.abc import Iterator
from struct import pack, unpack_from

from upheld.builds import payloads
from upheld.builds.stamps import zips
from upheld.builds.stamps.pieces import Artefact, Piece, Unsuitable

NAME = "apk"
MAGIC = b"APK Sig Block 42"
OURS, PADDING = 0x75706864, 0x42726577
PAGE = 4096  # to whose multiples tools fill the block up, for verity
LARGEST = 4 << 20  # bytes of a block that we read; those of known tools are a hundredth of it


def fits(file: Artefact) -> bool:
    try:
        offset = zips.end(file).offset
        return file.at(offset - len(MAGIC), len(MAGIC)) == MAGIC
    except Unsuitable:
        return False


def held(file: Artefact) -> range | None:
    _, start, block = _block(file)
    for at, identity, length in _pairs(block):
        if identity == OURS:
            stop = at + length
            begins = payloads.tail(block[max(at, stop - payloads.MOST) : stop])
            return None if begins is None else range(start + max(at, stop - payloads.MOST) + begins, start + stop)
    return None


def plan(file: Artefact, payload: bytes) -> list[Piece]:
    end, start, block = _block(file)
    kept = [block[at - 12 : at + length] for at, identity, length in _pairs(block) if identity not in (OURS, PADDING)]
    pairs = b"".join(kept) + _pair(OURS, payload)
    if len(block) % PAGE == 0:
        pairs += _padding(len(pairs) + 32)
    size = pack("<Q", len(pairs) + 24)
    offset = start + len(pairs) + 32
    if offset >= 0xFFFFFFFF:
        raise Unsuitable("the package has no room for four more bytes of offset")
    made = size + pairs + size + MAGIC
    return [
        range(0, start),
        made,
        range(end.offset, end.place + 16),
        pack("<I", offset),
        range(end.place + 20, file.size),
    ]


def _block(file: Artefact) -> tuple[zips.End, int, bytes]:
    """The end record, where the block begins, and the block."""
    end = zips.end(file)
    if end.is_zip64 or end.offset + end.size != end.place:
        raise Unsuitable("its central directory is not next to its end")
    (size,) = unpack_from("<Q", file.at(end.offset - 24, 8))
    if not 24 <= size <= LARGEST:
        raise Unsuitable("the size of its signing block is wrong")
    start = end.offset - size - 8
    block = file.at(start, size + 8)
    if unpack_from("<Q", block) != (size,):
        raise Unsuitable("the two sizes of its signing block differ")
    return end, start, block


def _pairs(block: bytes) -> Iterator[tuple[int, int, int]]:
    """Of every pair: where its value begins, its id, and the value's length."""
    at, stop = 8, len(block) - 24
    while at < stop:
        if stop - at < 12:
            raise Unsuitable("its signing block has half a pair")
        length, identity = unpack_from("<QI", block, at)
        if length < 4 or length > stop - at - 8:
            raise Unsuitable("a pair leads out of its signing block")
        yield at + 12, identity, length - 4
        at += 8 + length


def _pair(identity: int, value: bytes) -> bytes:
    return pack("<QI", len(value) + 4, identity) + value


def _padding(size: int) -> bytes:
    """A pair that fills a block of so many bytes up to whole pages."""
    missing = -size % PAGE
    if missing and missing < 12:
        missing += PAGE
    return _pair(PADDING, bytes(missing - 12)) if missing else b""
