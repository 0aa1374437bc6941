"""Disk images of macOS (UDIF): the stamp stands between the last thing that the trailer refers to and the trailer.

The trailer is the last 512 bytes; every offset in it counts from the beginning and no checksum covers the gap. An image
that is signed, or one of several segments, gets a side file. Source: "Demystifying the DMG File Format" by Jonathan
Levin, and the header of Apple's own as libdmg-hfsplus, 7-Zip and Darling have it.
"""

from struct import unpack_from

from upheld.builds import payloads
from upheld.builds.stamps.pieces import Artefact, Piece, Unsuitable

NAME = "dmg"
TRAILER = 512
FORKS = (0x18, 0x28, 0xD8)  # where the trailer has offset and length of the data, the resources and the property list
SEGMENTS, SIGNATURE = 0x3C, 0x128


def fits(file: Artefact) -> bool:
    return file.size >= TRAILER and file.at(file.size - TRAILER, 4) == b"koly"


def held(file: Artefact) -> range | None:
    used, stop = _used(file), file.size - TRAILER
    last = file.end(payloads.MOST, before=stop)
    at = payloads.tail(last)
    if at is None or stop - len(last) + at < used:
        return None
    return range(stop - len(last) + at, stop)


def plan(file: Artefact, payload: bytes) -> list[Piece]:
    trailer = file.at(file.size - TRAILER, TRAILER)
    if any(trailer[SIGNATURE : SIGNATURE + 16]):
        raise Unsuitable("a signature covers the whole file")
    if unpack_from(">I", trailer, SEGMENTS)[0] > 1:
        raise Unsuitable("the image is one of several parts")
    old, stop = held(file), file.size - TRAILER
    return [range(0, old.start if old else stop), payload, range(stop, file.size)]


def _used(file: Artefact) -> int:
    """Where the last thing ends that the trailer refers to."""
    trailer = file.at(file.size - TRAILER, TRAILER)
    if unpack_from(">II", trailer, 4) != (4, TRAILER):
        raise Unsuitable("it is no disk image that we know")
    ends: list[int] = [sum(unpack_from(">QQ", trailer, at)) for at in FORKS]
    if max(ends) > file.size - TRAILER:
        raise Unsuitable("a part leads out of the file")
    return max(ends)
