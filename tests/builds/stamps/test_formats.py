"""Every format: a stamp goes in, the file stays what it was for the tools that people use, and the stamp comes out."""

import gzip
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import pytest

from tests.builds.stamps import samples
from upheld.builds import stamps
from upheld.builds.errors import BadArtefact, NotAStamp

MAKERS: dict[str, Callable[[Path], Path]] = {
    "zip": samples.zipped,
    "gzip": samples.tarred,
    "elf": samples.program,
    "pe": lambda path: samples.windows(path, samples.certificate()),
    "apk": samples.package,
    "dmg": samples.image,
}


def stamped(source: Path, number: str = samples.NUMBER) -> Path:
    target = source.with_name(f"stamped-{source.name}")
    stamps.stamp(source, target, payload=samples.payload(number))
    return target


@pytest.mark.parametrize("kind", MAKERS)
def test_a_stamp_goes_in_and_comes_out(kind: str, tmp_path: Path) -> None:
    source = MAKERS[kind](tmp_path / "engine.bin")
    source.chmod(0o750)
    before, target = source.read_bytes(), tmp_path / "out.bin"
    assert stamps.read(source) is None
    assert stamps.stamp(source, target, payload=samples.payload()) == kind
    found = stamps.read(target)
    assert found
    assert (found.number, found.product, found.version) == (samples.NUMBER, "engine", "1.2.3-beta.1+5")
    assert (found.platform, found.signed) == ("linux-x64", True)
    assert source.read_bytes() == before
    assert len(before) < target.stat().st_size < len(before) + 1100
    assert target.stat().st_mode & 0o777 == 0o750
    assert sorted(os.listdir(tmp_path)) == ["engine.bin", "out.bin"]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_second_stamp_takes_the_place_of_the_first(kind: str, tmp_path: Path) -> None:
    once = stamped(MAKERS[kind](tmp_path / "engine.bin"))
    other = stamped(tmp_path / "engine.bin", samples.OTHER)
    expected = other.read_bytes()
    once = stamped(tmp_path / "engine.bin")
    assert stamps.stamp(once, once, payload=samples.payload(samples.OTHER)) == kind
    assert once.read_bytes() == expected
    assert samples.NUMBER.encode() not in expected


def test_unzip_and_python_read_a_stamped_zip(tmp_path: Path) -> None:
    target = stamped(samples.zipped(tmp_path / "engine.zip", comment=b"Made by us."))
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert archive.comment.startswith(b"Made by us.\nupheld-build-stamp/v1\n")
        assert archive.read("AndroidManifest.xml").startswith(b"<manifest/>")
    if shutil.which("unzip"):
        assert "No errors detected" in samples.tool("unzip", "-t", target)


@pytest.mark.skipif(not shutil.which("jarsigner"), reason="jarsigner comes with a Java development kit only")
def test_a_signed_jar_stays_signed(tmp_path: Path) -> None:
    keys, jar = tmp_path / "keys", samples.zipped(tmp_path / "engine.jar")
    secret = ("-keystore", str(keys), "-storepass", "for-a-test")
    samples.tool("keytool", "-genkeypair", "-keyalg", "EC", "-alias", "us", "-dname", "CN=Us", *secret)
    samples.tool("jarsigner", *secret, jar, "us")
    target = stamped(jar)
    assert "jar verified" in samples.tool("jarsigner", "-verify", *secret, target)


def test_tar_is_silent_about_a_stamped_archive(tmp_path: Path) -> None:
    target = stamped(samples.tarred(tmp_path / "engine.tar.gz"))
    assert samples.tool("tar", "tzf", target) == "engine/read.me\n"
    assert samples.tool("gzip", "-t", target) == ""
    with tarfile.open(target) as archive:
        assert archive.getnames() == ["engine/read.me"]


def test_a_gzip_keeps_its_name_its_fields_and_its_checksum(tmp_path: Path) -> None:
    body = gzip.compress(b"hello there", mtime=0)[10:]
    head = b"\x1f\x8b\x08\x1e" + bytes(6) + b"\x06\0Ap\x02\0hi" + b"engine\0" + b"ours\0"
    source = tmp_path / "engine.gz"
    source.write_bytes(head + (crc32(head) & 0xFFFF).to_bytes(2, "little") + body)
    target = stamped(source)
    assert gzip.decompress(target.read_bytes()) == b"hello there"
    made, _, rest = target.read_bytes().partition(b"engine\0ours\0")
    assert b"Ap\x02\0hi" in made
    assert rest == (crc32(made + b"engine\0ours\0") & 0xFFFF).to_bytes(2, "little") + body
    assert stamps.read(target)


def test_a_stamped_program_runs_and_readelf_is_silent(tmp_path: Path) -> None:
    target = stamped(samples.program(tmp_path / "engine"))
    assert samples.tool(target) == ""
    if shutil.which("readelf"):
        assert "Warning" not in samples.tool("readelf", "--all", "--wide", target)


def test_a_program_that_ends_in_an_archive_has_it_in_the_archive(tmp_path: Path) -> None:
    source = tmp_path / "installer"
    source.write_bytes(samples.program(tmp_path / "true").read_bytes() + samples.zipped(tmp_path / "z").read_bytes())
    assert stamps.stamp(source, source, payload=samples.payload()) == "zip"
    with zipfile.ZipFile(source) as archive:
        assert archive.testzip() is None


def test_a_large_file_is_copied_in_small_parts(tmp_path: Path) -> None:
    source = samples.tarred(tmp_path / "engine.tar.gz")
    with source.open("r+b") as file:
        file.truncate(40_000_000)
    target = stamped(source)
    assert target.read_bytes().endswith(source.read_bytes()[10:])


@pytest.mark.parametrize(
    "content", [b"", b"{", b"#!/bin/sh\necho hello\n", b"\xfd7zXZ\0" * 9], ids=["empty", "one", "sh", "xz"]
)
def test_anything_else_gets_a_side_file(content: bytes, tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "engine.run"
    source.write_bytes(content)
    assert stamps.stamp(source, target, payload=samples.payload()) == "side"
    assert target.read_bytes() == content
    beside = stamps.side_of(target)
    found = stamps.read(target)
    assert found == stamps.read(beside)
    assert found
    assert (found.number, found.signed) == (samples.NUMBER, True)
    samples.zipped(source)
    assert stamps.stamp(source, target, payload=samples.payload()) == "zip"
    assert not beside.exists()


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadArtefact):
        stamps.read(tmp_path / "pipe")
    with pytest.raises(BadArtefact):
        stamps.stamp(tmp_path, tmp_path / "out", payload=samples.payload())


def test_nothing_is_left_when_it_goes_wrong(tmp_path: Path) -> None:
    source, target = samples.zipped(tmp_path / "a.zip"), tmp_path / "b.zip"
    target.write_bytes(b"before")
    with pytest.raises(NotAStamp):
        stamps.stamp(source, target, payload=b"nonsense")
    assert target.read_bytes() == b"before"
    assert sorted(os.listdir(tmp_path)) == ["a.zip", "b.zip"]
