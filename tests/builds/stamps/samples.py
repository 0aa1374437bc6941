"""Small real files of each format, and stamps to put into them."""

import gzip
import io
import plistlib
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path
from struct import pack
from types import SimpleNamespace
from typing import cast
from zlib import crc32

from upheld.builds import payloads
from upheld.builds.models import Release

NUMBER = "4K7QX-0M2ZD-9RC1V-HT5JW-8BN3G"
OTHER = "9RC1V-4K7QX-0M2ZD-HT5JW-8BN3G"


def payload(number: str = NUMBER) -> bytes:
    release = SimpleNamespace(product="engine", version="1.2.3-beta.1+5", platform="linux-x64")
    return payloads.make(number, cast(Release, release))


def tool(*arguments: str | Path) -> str:
    """What a program said on both outputs; it must end well."""
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def zipped(path: Path, comment: bytes = b"") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("AndroidManifest.xml", "<manifest/>" * 50)
        archive.writestr("classes.dex", bytes(range(256)) * 40)
        archive.comment = comment
    return path


def tarred(path: Path) -> Path:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        entry = tarfile.TarInfo("engine/read.me")
        entry.size = 11
        archive.addfile(entry, io.BytesIO(b"hello there"))
    path.write_bytes(gzip.compress(plain.getvalue()))
    return path


def program(path: Path) -> Path:
    return Path(shutil.copy("/bin/true", path))


def windows(path: Path, certificates: bytes = b"", checksum: int = 1) -> Path:
    """A PE32+ that has one section of 512 bytes, and a certificate table when there is one to have."""
    table = 1024 if certificates else 0
    optional = pack("<HBBIIIII", 0x20B, 14, 0, 512, 0, 0, 0x1000, 0x1000) + pack("<QII", 0x140000000, 0x1000, 512)
    optional += pack("<HHHHHHI", 6, 0, 0, 0, 6, 0, 0) + pack("<IIIHH", 0x2000, 512, checksum, 3, 0)
    optional += pack("<QQQQII", 1 << 20, 4096, 1 << 20, 4096, 0, 16)
    optional += bytes(32) + pack("<II", table, len(certificates)) + bytes(88)
    head = b"MZ" + bytes(58) + pack("<I", 64) + b"PE\0\0" + pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0x22)
    section = b".text\0\0\0" + pack("<IIIIIIHHI", 512, 0x1000, 512, 512, 0, 0, 0, 0, 0x60000020)
    path.write_bytes((head + optional + section).ljust(512, b"\0") + b"\xc3" * 512 + certificates)
    return path


def certificate(behind: bytes = b"") -> bytes:
    """A certificate table with one signature, of which there is only what leads to its signer."""
    made = b"\x02\x01\x01" + b"\xa1\x05\x30\x03\x06\x01\x2a"  # a version, and an attribute that is not signed
    for tag in (0x30, 0x31, 0x30, 0xA0, 0x30):
        made = bytes((tag, len(made))) + made
        if tag == 0xA0:
            made = b"\x06\x01\x2a" + made
    made += behind
    made += bytes(-len(made) % 8)
    return pack("<IHH", 8 + len(made), 0x0200, 2) + made


def checksum(data: bytes, at: int) -> int:
    """As Windows sums it up, word by word. Source: imagehlp's CheckSumMappedFile."""
    data = data[:at] + bytes(4) + data[at + 4 :]
    total = 0
    for place in range(0, len(data), 2):
        total += int.from_bytes(data[place : place + 2], "little")
        total = (total & 0xFFFF) + (total >> 16)
    return total + len(data)


def package(path: Path, pairs: bytes = b"", whole_pages: bool = False) -> Path:
    """A zip with an APK Signing Block, in which a pair stands for the signature of scheme 2."""
    zipped(path)
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    offset = int.from_bytes(data[end + 16 : end + 20], "little")
    pairs = pairs or pair(0x7109871A, b"a made-up signature")
    if whole_pages:
        pairs += pair(0x42726577, bytes(4096 - 32 - 12 - len(pairs)))
    size = pack("<Q", len(pairs) + 24)
    block = size + pairs + size + b"APK Sig Block 42"
    made = data[:offset] + block + data[offset : end + 16] + pack("<I", offset + len(block)) + data[end + 20 :]
    path.write_bytes(made)
    return path


def pair(identity: int, value: bytes) -> bytes:
    return pack("<QI", len(value) + 4, identity) + value


def covered(data: bytes) -> tuple[bytes, bytes, bytes]:
    """What scheme 2 signs: entries, directory, and the end with the block's offset for the directory's."""
    end = data.rindex(b"PK\x05\x06")
    directory = int.from_bytes(data[end + 16 : end + 20], "little")
    block = directory - 8 - int.from_bytes(data[directory - 24 : directory - 16], "little")
    last = data[end : end + 16] + pack("<I", block) + data[end + 20 :]
    return data[:block], data[directory:end], last


def image(path: Path, signature: tuple[int, int] = (0, 0)) -> Path:
    """A disk image of eight raw sectors that hold a text, whole enough for 7-Zip."""
    data = b"hello there".ljust(8 * 512, b".")
    summed = pack(">II", 2, 32) + pack(">I", crc32(data)) + bytes(124)
    runs = pack(">IIQQQQ", 1, 0, 0, 8, 0, len(data)) + pack(">IIQQQQ", 0xFFFFFFFF, 0, 8, 0, len(data), 0)
    table = b"mish" + pack(">IQQQIII", 1, 0, 8, 0, 8, 0, 0) + bytes(20) + summed + pack(">I", 2) + runs
    block = {"Attributes": "0x0050", "CFName": "whole", "Data": table, "ID": "0", "Name": "whole"}
    listed = plistlib.dumps({"resource-fork": {"blkx": [block]}})
    master = pack(">II", 2, 32) + pack(">I", crc32(pack(">I", crc32(data)))) + bytes(124)
    trailer = b"koly" + pack(">IIIQQQQQII", 4, 512, 1, 0, 0, len(data), 0, 0, 1, 1) + bytes(16) + summed
    trailer += pack(">QQ", len(data), len(listed)) + bytes(64) + pack(">QQ", *signature) + bytes(40)
    trailer += master + pack(">IQ", 1, 8) + bytes(12)
    assert len(trailer) == 512
    path.write_bytes(data + listed + trailer)
    return path
