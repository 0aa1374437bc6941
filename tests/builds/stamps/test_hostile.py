"""Files that are damaged, cut off or made to mislead: an unchanged copy with a side file, soon and in little memory."""

import random
import shutil
import time
import tracemalloc
import zipfile
from pathlib import Path
from struct import pack

import pytest

from tests.builds.stamps import samples
from tests.builds.stamps.test_formats import MAKERS
from upheld.builds import stamps
from upheld.builds.errors import NotAStamp


def side(path: Path, data: bytes) -> None:
    """It must be left as it is, with a side file."""
    path.write_bytes(data)
    target = path.with_name("out")
    assert stamps.stamp(path, target, payload=samples.payload()) == "side"
    assert target.read_bytes() == data
    assert stamps.read(target)


@pytest.mark.parametrize("kind", MAKERS)
def test_one_that_is_cut_off_anywhere_is_read_and_stamped_all_the_same(kind: str, tmp_path: Path) -> None:
    data = MAKERS[kind](tmp_path / "whole").read_bytes()
    for stop in [*range(0, 130, 7), *range(130, len(data), len(data) // 40)]:
        (tmp_path / "cut").write_bytes(data[:stop])
        assert stamps.stamp(tmp_path / "cut", tmp_path / "out", payload=samples.payload()) in ("side", kind)
        found = stamps.read(tmp_path / "out")
        assert found
        assert found.signed


@pytest.mark.parametrize("kind", MAKERS)
def test_bytes_changed_at_random_never_break_it(kind: str, tmp_path: Path) -> None:
    whole = MAKERS[kind](tmp_path / "whole")
    stamps.stamp(whole, whole, payload=samples.payload(samples.OTHER))
    data, chance = whole.read_bytes(), random.Random(kind)  # noqa: S311 - the same each time
    edges = [*range(min(400, len(data))), *range(max(0, len(data) - 1400), len(data))]
    began = time.monotonic()
    for _ in range(150):
        changed = bytearray(data)
        for _ in range(chance.choice((1, 2, 8))):
            changed[chance.choice(edges)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        (tmp_path / "changed").write_bytes(changed)
        try:
            stamps.read(tmp_path / "changed")
        except NotAStamp as error:
            assert str(error).startswith("The stamp in this file does not hold: ")  # noqa: PT017 - it may also pass
        stamps.stamp(tmp_path / "changed", tmp_path / "out", payload=samples.payload())
        assert stamps.read(tmp_path / "out") == stamps.payloads.check(samples.payload())
    assert time.monotonic() - began < 60


def test_a_zip_that_misleads_is_left_alone(tmp_path: Path) -> None:
    data = samples.zipped(tmp_path / "z").read_bytes()
    end = data.rindex(b"PK\x05\x06")
    huge = data[: end + 8] + b"\xff\xff\xff\xff" + data[end + 12 : end + 16] + b"\xff\xff\xff\x7f" + data[end + 20 :]
    for each in (
        data + b"more",
        data[: end + 20] + b"\x16\0" + data[end:],  # an end within the end's comment, for readers that look from behind
        data[: end + 20] + b"\x04\0" + b"PK\x05\x06",
        data[: end + 4] + b"\1\0" + data[end + 6 :],
        huge,
        data[:end] + pack("<4sIQI", b"PK\x06\x07", 0, 1 << 63, 1) + data[end:],
    ):
        side(tmp_path / "bad.zip", each)


def test_a_zip64_is_stamped(tmp_path: Path) -> None:
    data = samples.zipped(tmp_path / "z").read_bytes()
    end = data.rindex(b"PK\x05\x06")
    size, offset = (int.from_bytes(data[end + at : end + at + 4], "little") for at in (12, 16))
    record = pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 2, 2, size, offset)
    locator = pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    last = pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    (tmp_path / "z").write_bytes(data[:end] + record + locator + last)
    assert stamps.stamp(tmp_path / "z", tmp_path / "out", payload=samples.payload()) == "zip"
    with zipfile.ZipFile(tmp_path / "out") as archive:
        assert archive.testzip() is None
    if shutil.which("unzip"):
        assert "No errors" in samples.tool("unzip", "-t", tmp_path / "out")


def test_a_comment_without_room_is_left_alone(tmp_path: Path) -> None:
    side(tmp_path / "full.zip", samples.zipped(tmp_path / "z", comment=b"x" * 65_500).read_bytes())


def test_a_package_that_misleads_is_left_alone(tmp_path: Path) -> None:
    for pairs in (b"\xff" * 40, pack("<QI", 3, 1) + bytes(20), pack("<Q", 1 << 63) + bytes(9), bytes(5)):
        side(tmp_path / "bad.apk", samples.package(tmp_path / "a", pairs=pairs).read_bytes())


def test_a_gzip_that_misleads_is_left_alone(tmp_path: Path) -> None:
    for head in (b"\xe4", b"\x04", b"\x0a"):
        data = b"\x1f\x8b\x08" + head + bytes(6) + b"\xff\xff" + b"x" * 50
        side(tmp_path / "bad.gz", data)
    in_blocks = b"\x1f\x8b\x08\x04" + bytes(6) + b"\x06\0BC\x02\0\x1b\0" + b"\x03\0" + bytes(8)
    side(tmp_path / "bam.gz", in_blocks)


def test_a_program_that_misleads_is_left_alone(tmp_path: Path) -> None:
    linux = samples.program(tmp_path / "e").read_bytes()
    side(tmp_path / "bad", linux[:0x28] + b"\xff" * 8 + linux[0x30:])
    side(tmp_path / "bad", linux[:0x38] + b"\xff\xff" + linux[0x3A:])
    side(tmp_path / "bad", linux[:4] + b"\x09" + linux[5:])
    side(tmp_path / "bad", linux + b"~Module signature appended~\n")
    windows = samples.windows(tmp_path / "w", samples.certificate()).read_bytes()
    side(tmp_path / "bad", windows + bytes(8))
    side(tmp_path / "bad", windows[:60] + b"\xff\xff\xff\xff" + windows[64:])
    side(tmp_path / "bad", windows[:1024] + bytes(4) + windows[1028:])
    for table in (samples.certificate(b"a tag"), samples.certificate() * 2, pack("<IHH", 8, 0x0200, 2)):
        side(tmp_path / "bad", samples.windows(tmp_path / "w", table).read_bytes())
    for at, byte in ((1033, 0x80), (1033, 0x84), (1033, 0x7F), (1032, 0x1F), (1035, 0xFF), (1030, 1)):
        side(tmp_path / "bad", windows[:at] + bytes((byte,)) + windows[at + 1 :])


def test_a_signed_appimage_is_left_alone(tmp_path: Path) -> None:
    """A section of the name that an AppImage keeps its signature in, by renaming one that every program has."""
    data = samples.program(tmp_path / "e").read_bytes()
    assert data.count(b"\0.eh_frame_hdr\0") == 1
    side(tmp_path / "engine.AppImage", data.replace(b"\0.eh_frame_hdr\0", b"\0.sha256_sig\0\0\0"))


def test_memory_stays_small_whatever_a_file_says(tmp_path: Path) -> None:
    path = tmp_path / "sparse.dmg"
    with path.open("wb") as file:
        file.truncate(30_000_000)
        file.seek(0, 2)
        file.write(b"koly" + pack(">II", 4, 512) + b"\xff" * 500)
    payload = samples.payload()
    tracemalloc.start()
    try:
        assert stamps.stamp(path, tmp_path / "out", payload=payload) == "side"
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_a_damaged_stamp_is_said_to_be(tmp_path: Path) -> None:
    path = samples.zipped(tmp_path / "engine.zip", comment=samples.payload().replace(b'"v":1', b'"v":3'))
    with pytest.raises(NotAStamp, match="does not hold"):
        stamps.read(path)
    stamps.side_of(path).write_bytes(b"x" * 5000)
    plain = tmp_path / "engine.sh"
    plain.write_bytes(b"#!/bin/sh\n")
    stamps.side_of(plain).write_bytes(b"x" * 5000)
    with pytest.raises(NotAStamp, match="too large"):
        stamps.read(plain)
