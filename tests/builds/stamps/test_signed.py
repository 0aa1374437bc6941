"""Files that are signed stay signed: Android packages and programs of Windows; and disk images stay whole."""

import shutil
import zipfile
from pathlib import Path
from struct import unpack_from

import pytest

from tests.builds.stamps import samples
from tests.builds.stamps.test_formats import stamped
from upheld.builds import stamps
from upheld.builds.stamps import der

SEVEN = shutil.which("7zz") or shutil.which("7z")


@pytest.mark.parametrize("whole_pages", [False, True])
def test_a_package_keeps_all_that_its_signature_covers(whole_pages: bool, tmp_path: Path) -> None:
    source = samples.package(tmp_path / "engine.apk", whole_pages=whole_pages)
    before = source.read_bytes()
    made = stamped(source).read_bytes()
    assert samples.covered(made) == samples.covered(before)
    assert samples.pair(0x7109871A, b"a made-up signature") in made
    grown = len(made) - len(before)
    assert (grown == 0) if whole_pages else (0 < grown < 1100)
    with zipfile.ZipFile(tmp_path / "stamped-engine.apk") as archive:
        assert archive.testzip() is None


def test_a_package_without_a_block_is_a_zip(tmp_path: Path) -> None:
    source = samples.zipped(tmp_path / "engine.apk")
    assert stamps.stamp(source, source, payload=samples.payload()) == "zip"


@pytest.mark.skipif(not shutil.which("apksigner"), reason="apksigner is large, and comes with Android's tools only")
def test_apksigner_verifies_a_stamped_package(tmp_path: Path) -> None:
    keys, source = tmp_path / "keys", samples.zipped(tmp_path / "engine.apk")
    word = ("-storepass", "for-a-test", "-keystore", str(keys))
    samples.tool("keytool", "-genkeypair", "-keyalg", "EC", "-alias", "us", "-dname", "CN=Us", *word)
    signing = ("--ks", str(keys), "--ks-pass", "pass:for-a-test", "--min-sdk-version", "24")
    samples.tool("apksigner", "sign", "--v4-signing-enabled", "false", *signing, source)
    target = stamped(source)
    said = samples.tool("apksigner", "verify", "--verbose", "--min-sdk-version", "24", target)
    assert "Verified using v2 scheme (APK Signature Scheme v2): true" in said
    assert "Verified using v3 scheme (APK Signature Scheme v3): true" in said
    assert "WARNING" not in said
    assert stamps.read(target)


def test_a_signed_program_keeps_all_but_what_authenticode_leaves_out(tmp_path: Path) -> None:
    source = samples.windows(tmp_path / "setup.exe", samples.certificate())
    before, made = source.read_bytes(), stamped(source).read_bytes()
    sum_at, entry = 64 + 24 + 64, 64 + 24 + 112 + 32
    left = [(0, sum_at), (sum_at + 4, entry), (entry + 8, 1024)]
    assert [before[start:stop] for start, stop in left] == [made[start:stop] for start, stop in left]
    table, size = unpack_from("<II", made, entry)
    assert (table, table + size, len(made) % 8) == (1024, len(made), 0)
    assert unpack_from("<I", made, sum_at) == (samples.checksum(made, sum_at),)
    assert unpack_from("<IHH", made, table) == (size, 0x0200, 2)
    assert b"\x30\x03\x06\x01\x2a" in made[table:]  # the attribute that was there before


def test_an_attribute_of_two_values_is_no_stamp() -> None:
    signature = samples.certificate()[8:]
    made = der.with_stamp(signature[: der.length(signature)], b"\xaa\xbb")
    assert der.held(made) is not None
    assert der.held(made.replace(b"\x04\x02\xaa\xbb", b"\x04\x00\x04\x00")) is None


def test_a_program_without_a_signature_has_it_at_its_end(tmp_path: Path) -> None:
    source = samples.windows(tmp_path / "setup.exe", checksum=0)
    target = stamped(source)
    assert target.read_bytes() == source.read_bytes() + samples.payload()


def test_the_checksum_is_right_at_an_odd_length(tmp_path: Path) -> None:
    source = samples.windows(tmp_path / "setup.exe")
    source.write_bytes(source.read_bytes() + b"an odd overlay.")
    made = stamped(source).read_bytes()
    assert unpack_from("<I", made, 152) == (samples.checksum(made, 152),)


@pytest.mark.skipif(
    not shutil.which("osslsigncode"), reason="osslsigncode, which signs programs of Windows, is not here"
)
def test_osslsigncode_verifies_a_stamped_program(tmp_path: Path) -> None:
    key, mark, signed = tmp_path / "key.pem", tmp_path / "mark.pem", tmp_path / "signed.exe"
    made = ("-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(mark), "-days", "9", "-subj", "/CN=Us")
    samples.tool("openssl", "req", "-x509", *made, "-addext", "extendedKeyUsage=codeSigning")
    source = samples.windows(tmp_path / "setup.exe")
    samples.tool("osslsigncode", "sign", "-certs", mark, "-key", key, "-in", source, "-out", signed)
    target = stamped(signed)
    said = samples.tool("osslsigncode", "verify", "-CAfile", mark, "-in", target)
    assert "Signature verification: ok" in said
    assert "MISMATCH" not in said
    assert stamps.read(target)


@pytest.mark.skipif(not SEVEN, reason="7-Zip is not installed")
def test_7zip_finds_a_stamped_image_whole(tmp_path: Path) -> None:
    source = samples.image(tmp_path / "engine.dmg")
    for path in (source, stamped(source)):
        said = samples.tool(str(SEVEN), "t", path)
        assert "Everything is Ok" in said
        assert "Type = Dmg" in said
        assert "WARN" not in said.upper()
        assert b"hello there" in path.read_bytes()
    samples.tool(str(SEVEN), "x", f"-o{tmp_path / 'out'}", tmp_path / "stamped-engine.dmg")
    (found,) = (tmp_path / "out").iterdir()
    assert found.read_bytes().startswith(b"hello there")


def test_an_image_keeps_its_trailer_and_a_signed_one_is_left_alone(tmp_path: Path) -> None:
    source = samples.image(tmp_path / "engine.dmg")
    assert stamped(source).read_bytes() == source.read_bytes()[:-512] + samples.payload() + source.read_bytes()[-512:]
    samples.image(source, signature=(4096, 100))
    assert stamps.stamp(source, source, payload=samples.payload()) == "side"
