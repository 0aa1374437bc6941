"""What one build counted in one month, as it rests in a row: how often each thing happened, by day, version, platform.

A count is what happened on that day so far: of two reports about one day the larger figure holds. So a report that
comes twice, or after a later one, changes nothing.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import blake2b

import msgspec

Where = tuple[int, str, str]
"""Day of the month, version, platform."""
Cells = dict[Where, dict[str, int]]
"""`{(23, "1.2.3", "linux-x64"): {"start": 3, "display.webvr": 1}}`: an event, or an event and its value with a dot."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[int, str, str, dict[str, int]]]).decode


def pack(cells: Mapping[Where, Mapping[str, int]]) -> bytes:
    return _encode([(*where, counts) for where, counts in sorted(cells.items())])


def unpack(packed: bytes) -> Cells:
    """Raises msgspec.ValidationError for bytes that `pack` did not make."""
    return {(day, version, platform): counts for day, version, platform, counts in _decode(packed)}


def merge(into: Cells, more: Mapping[Where, Mapping[str, int]]) -> Cells:
    """`into`, with whatever is larger in `more`."""
    for where, counts in more.items():
        held = into.setdefault(where, {})
        for what, count in counts.items():
            if count > held.get(what, 0):
                held[what] = count
    return into


def month_of(day: date) -> date:
    return day.replace(day=1)


def row_id(build: int, month: date) -> int:
    """The primary key of a build's month: 63 bits, in no order that tells when the row was made."""
    return int.from_bytes(blake2b(f"{build} {month:%Y-%m}".encode(), digest_size=8).digest()) >> 1
