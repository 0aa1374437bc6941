"""What was sent comes out of its encoding, and a bomb does not go off."""

import gzip
import tracemalloc

import pytest
import zstandard

from upheld.builds.errors import ReportRefused
from upheld.builds.inflating import MOST_INFLATED, MOST_SENT, TooLarge, inflate

WHOLE = b'{"v": 1}' * 1000
PACKED = gzip.compress(WHOLE, mtime=0)  # the same in every process: it is part of the names of tests


def zstd(content: bytes, **options: int) -> bytes:
    return zstandard.ZstdCompressor(**options).compress(content)


@pytest.mark.parametrize("encoding", ["", "gzip", "zstd"])
def test_a_body_comes_out_as_it_was(encoding: str) -> None:
    sent = {"": WHOLE, "gzip": gzip.compress(WHOLE), "zstd": zstd(WHOLE)}[encoding]
    assert inflate(sent, encoding) == WHOLE


def test_a_stream_whose_length_nobody_knew_comes_out() -> None:
    stream = zstandard.ZstdCompressor(level=19).compressobj()
    assert inflate(stream.compress(WHOLE) + stream.flush(), "zstd") == WHOLE


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_bomb_is_cut_at_the_limit(pack: object) -> None:
    bomb = pack(bytes(40 * 1024 * 1024))  # type: ignore[operator] # one of the two above
    assert len(bomb) < MOST_SENT
    tracemalloc.start()
    with pytest.raises(TooLarge):
        inflate(bomb, "gzip" if pack is gzip.compress else "zstd")
    assert tracemalloc.get_traced_memory()[1] < 4 * MOST_INFLATED
    tracemalloc.stop()


def test_a_frame_that_asks_for_a_large_window_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=0)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(ReportRefused, match=r"not whole zstd"):
        inflate(stream.compress(WHOLE) + stream.flush(), "zstd")


@pytest.mark.parametrize(
    ("sent", "encoding"),
    [
        (b"", "gzip"), (WHOLE, "gzip"), (WHOLE, "zstd"), (PACKED[:-4], "gzip"),
        (PACKED + b"more", "gzip"), (PACKED * 2, "gzip"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused(sent: bytes, encoding: str) -> None:
    with pytest.raises(ReportRefused):
        inflate(sent, encoding)


def test_a_frame_that_was_cut_short_gives_no_more_than_it_holds() -> None:
    assert len(inflate(zstd(WHOLE)[:-8], "zstd")) < len(WHOLE)


@pytest.mark.parametrize("encoding", ["", "gzip", "zstd"])
def test_more_than_may_be_sent_is_refused_unread(encoding: str) -> None:
    with pytest.raises(TooLarge):
        inflate(bytes(MOST_SENT + 1), encoding)
