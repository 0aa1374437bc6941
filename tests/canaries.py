"""Values that occur nowhere else, and the search for them in everything that an instance leaves behind."""

import base64
import html
import json
import quopri
import re
import secrets
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

LONGEST = 64 * 2**20  # bytes that a compressed stream may grow to while we look into it
ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
GZIP = re.compile(rb"\x1f\x8b\x08")
ZIP = re.compile(rb"PK\x03\x04")
FOLD = re.compile(rb"=?\r?\n")


class Canaries:
    """One value for each datum, made when first asked for, and the same ever after: `canaries["email"]`."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def __getitem__(self, datum: str) -> str:
        return self.values.setdefault(datum, self._make(datum))

    def _make(self, datum: str) -> str:
        token = secrets.token_hex(8)
        return f"canary.{token}@example.org" if datum == "email" else f"Canary {datum} {token}"


def forms(value: str) -> dict[str, bytes]:
    """The ways in which software writes down a text, by name."""
    plain = value.encode()
    found = {
        "utf-8": plain,
        "utf-16": value.encode("utf-16-le"),
        "utf-16 big": value.encode("utf-16-be"),
        "hex": plain.hex().encode(),
        "quoted-printable": quopri.encodestring(plain, quotetabs=True).replace(b"=\n", b"").strip(),
        "url": quote(value, safe="").encode(),
        "form": quote(value, safe="").replace("%20", "+").encode(),
        "html": html.escape(value).encode(),
        "json": json.dumps(value)[1:-1].encode(),
    }
    for offset in range(3):
        found[f"base64 at {offset}"] = _base64(plain, offset)
        found[f"base64url at {offset}"] = found[f"base64 at {offset}"].translate(bytes.maketrans(b"+/", b"-_"))
    return found


def _base64(plain: bytes, offset: int) -> bytes:
    """The characters that depend on `plain` alone when it stands `offset` bytes into a group of three."""
    encoded = base64.b64encode(bytes(offset) + plain)
    sure = (offset + len(plain)) * 8 // 6
    return encoded[-(-offset * 8 // 6) : sure]


def seen_in(content: bytes, values: Iterable[str]) -> list[str]:
    """Which of the values `content` shows, and how: `email@… as base64 at 1 in a zlib stream`."""
    wanted = [(value, name, form) for value in values for name, form in forms(value).items()]
    found = []
    for where, text in layers(content):
        # Mail folds long lines; hexadecimal and percent signs come in capitals or not, and so do addresses.
        exact = [text, FOLD.sub(b"", text)]
        folded = [each.lower() for each in exact]
        for value, name, form in wanted:
            hay, needle = (exact, form) if name.startswith("base64") else (folded, form.lower())
            if any(needle in each for each in hay):
                found.append(f"{value} as {name}{where}")
    return found


def layers(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The bytes themselves, then every compressed stream that starts anywhere in them."""
    yield "", content
    openers: list[tuple[str, re.Pattern[bytes], int, Callable[[int], int]]] = [
        ("zlib", ZLIB, zlib.MAX_WBITS, lambda at: at),
        ("gzip", GZIP, zlib.MAX_WBITS | 16, lambda at: at),
        ("zip", ZIP, -zlib.MAX_WBITS, lambda at: _zip_data(content, at)),
    ]
    for name, magic, bits, start in openers:
        for match in magic.finditer(content):
            grown = _grown(content, start(match.start()), bits)
            if grown:
                yield f" in a {name} stream at {match.start()}", grown


def _zip_data(content: bytes, at: int) -> int:
    """Where the data of a ZIP's local file header start (APPNOTE 4.3.7)."""
    if at + 30 > len(content):
        return len(content)
    name, extra = struct.unpack_from("<HH", content, at + 26)
    return at + 30 + int(name) + int(extra)


def _grown(content: bytes, start: int, bits: int) -> bytes:
    """What decompresses from there; nothing for the many places that only look like a start."""
    try:
        return zlib.decompressobj(bits).decompress(memoryview(content)[start:], LONGEST)
    except zlib.error:
        return b""


def scan(folder: Path, values: Iterable[str], *, skip: Iterable[Path] = ()) -> list[str]:
    """Every file under `folder` that shows one of the values, free pages and write-ahead logs included."""
    wanted, skipped = list(values), [path.resolve() for path in skip]
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(path.resolve().is_relative_to(each) for each in skipped):
            found += [f"{path.relative_to(folder)}: {what}" for what in seen_in(path.read_bytes(), wanted)]
    return found
