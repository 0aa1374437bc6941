"""What was sent, out of its `Content-Encoding`, and never more of it than a report may be.

A bomb is cut where it passes the limit: what it would become is never made. A zstd frame may ask for a window of 8 MiB,
which RFC 9659 has every sender of `Content-Encoding: zstd` keep to; one that asks for more is refused before memory is.
"""

import zlib

import zstandard

from upheld.builds.errors import ReportRefused

MOST_SENT = 64 * 1024  # bytes
MOST_INFLATED = 512 * 1024  # bytes
WINDOW = 8 * 1024 * 1024  # bytes
ENCODINGS = ("gzip", "zstd")
_GZIP = 16 + zlib.MAX_WBITS


class TooLarge(ReportRefused):
    """More than a report may be."""

    def __init__(self) -> None:
        super().__init__(f"A report is at most {MOST_SENT} bytes as sent, and {MOST_INFLATED} bytes inflated.")


def inflate(sent: bytes, encoding: str = "") -> bytes:
    """`sent` as it was before it was encoded; `encoding` is empty, or one of ENCODINGS.

    Raises TooLarge, and ReportRefused for what is not whole.
    """
    if len(sent) > MOST_SENT:
        raise TooLarge
    if not encoding:
        return sent
    try:
        inflated = _gunzip(sent) if encoding == "gzip" else _unzstd(sent)
    except (zlib.error, zstandard.ZstdError):
        raise ReportRefused(f"The body is not whole {encoding}.") from None
    if len(inflated) > MOST_INFLATED:
        raise TooLarge
    return inflated


def _gunzip(sent: bytes) -> bytes:
    whole = zlib.decompressobj(_GZIP)
    inflated = whole.decompress(sent, MOST_INFLATED + 1)
    if len(inflated) <= MOST_INFLATED and (not whole.eof or whole.unused_data):
        raise zlib.error
    return inflated


def _unzstd(sent: bytes) -> bytes:
    """The first frame. One that was cut short is half a JSON, which is refused as such."""
    with zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(sent) as frame:
        return frame.read(MOST_INFLATED + 1)
