"""In which weeks a build was active: what new, kept and lost builds, and retention, are told from.

A week is the number of Mondays since the first of January of the year 1, which was one (ISO 8601 weeks).
"""

from collections.abc import Iterable
from datetime import date

import msgspec

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[int]).decode


def week_of(day: date) -> int:
    return (day.toordinal() - 1) // 7


def monday_of(week: int) -> date:
    return date.fromordinal(week * 7 + 1)


def pack(weeks: Iterable[int]) -> bytes:
    return _encode(sorted(set(weeks)))


def unpack(packed: bytes) -> set[int]:
    return set(_decode(packed)) if packed else set()
