"""What a report that waits to be counted says, as it rests in `Report.months`: each month's cells (`counts`)."""

from collections.abc import Mapping
from datetime import date

import msgspec

from upheld.builds import counts
from upheld.builds.counts import Cells

Months = dict[date, Cells]
"""Cells under the first day of their month."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[date, bytes]]).decode


def pack(months: Mapping[date, Cells]) -> bytes:
    return _encode([(month, counts.pack(cells)) for month, cells in sorted(months.items())])


def unpack(packed: bytes) -> Months:
    """Raises msgspec.ValidationError for bytes that `pack` did not make."""
    return {month: counts.unpack(cells) for month, cells in _decode(packed)}


def add(months: Months, day: date, version: str, platform: str, counted: Mapping[str, int]) -> None:
    """One day more; of a day that is there already, whatever is larger."""
    cells, where = months.setdefault(counts.month_of(day), {}), (day.day, version, platform)
    if where in cells:
        counts.merge(cells, {where: counted})
    else:
        cells[where] = dict(counted)
