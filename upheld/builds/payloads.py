"""What a stamp says: which build this is, signed, as three lines of text. docs/spec/build-stamp.md has the format.

    upheld-build-stamp/v1
    {"v":1,"number":"4K7QX-…","product":"engine","version":"1.2.3","platform":"linux-x64","site":"https://…"}
    the Ed25519 signature of the two lines above, in Base64

What is signed does not end in a line feed. Every note of the ledger does, so that neither passes for the other.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from upheld.builds.errors import NotAStamp
from upheld.ledger.keys import signer, verifier
from upheld.ledger.notes import Verifier

if TYPE_CHECKING:
    from upheld.builds.models import Release

MAGIC = b"upheld-build-stamp/v"
VERSION = MAGIC + b"1\n"
MOST = 1024
"""Bytes that a stamp has at most."""
SIDE = ".upheld.json"
"""What a side file's name adds to the name of the file that it is about."""

_FRAME = re.compile(rb"upheld-build-stamp/v[0-9]{1,3}\n[^\n]{1,900}\n[A-Za-z0-9+/]{86}==\n\Z")
_GROUP = "[0-9A-HJKMNP-TV-Z]{5}"
_Number = Annotated[str, msgspec.Meta(pattern=rf"\A{_GROUP}(-{_GROUP}){{4}}\Z")]
_Word = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._+-]+\Z", max_length=64)]
_Site = Annotated[str, msgspec.Meta(pattern=r"\Ahttps?://[A-Za-z0-9._:\[\]/-]+\Z", max_length=255)]


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    """The second line. No value holds a sign that JSON would escape, so that there is one way to write it."""

    v: Literal[1]
    number: _Number
    product: _Word
    version: _Word
    platform: _Word
    site: _Site


class _Beside(_Said, forbid_unknown_fields=True):
    """A side file: the second line, and the third as its last member."""

    signature: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9+/]{86}==\Z")]


_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_said = msgspec.json.Decoder(_Said)
_beside = msgspec.json.Decoder(_Beside)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which build a file is. Only when `signed` is it we who say so."""

    number: str
    product: str
    version: str
    platform: str
    signature: str
    signed: bool
    site: str


def make(number: str, release: "Release") -> bytes:
    """The stamp of one build of a release: at most `MOST` bytes of ASCII. Raises NotAStamp for unfit words."""
    line = msgspec.json.encode(_Said(1, number, release.product, release.version, release.platform, settings.HOME.site))
    message = VERSION + line
    payload = message + b"\n" + base64.b64encode(signer().key.sign(message)) + b"\n"
    _read(payload)
    return payload


def check(payload: bytes, trusted: Verifier | None = None) -> Stamp:
    """What a stamp says, and whether `trusted` signed it, which is this instance when none is given.

    Raises NotAStamp for bytes that are none, and for one of a later version.
    """
    said, message, signature = _read(payload)
    signed = _fits(trusted or verifier(), message, signature)
    return Stamp(
        said.number, said.product, said.version, said.platform, signature.decode(), signed=signed, site=said.site
    )


def tail(data: bytes) -> int | None:
    """Where the stamp begins with which `data` ends; None when it ends with none."""
    found = _FRAME.search(data, max(0, len(data) - MOST))
    return found.start() if found else None


def side(payload: bytes) -> bytes:
    """The side file for a stamp: one object of JSON. Raises NotAStamp."""
    said, _, signature = _read(payload)
    members = msgspec.structs.asdict(said) | {"signature": signature.decode()}
    return bytes(msgspec.json.format(msgspec.json.encode(members), indent=2)) + b"\n"


def from_side(written: bytes) -> bytes:
    """The stamp that a side file holds. Raises NotAStamp."""
    try:
        members = msgspec.structs.asdict(_beside.decode(written))
    except _UNREADABLE:
        raise NotAStamp("its side file does not read") from None
    signature = members.pop("signature").encode()
    return b"%b%b\n%b\n" % (VERSION, msgspec.json.encode(_Said(**members)), signature)


def _read(payload: bytes) -> tuple[_Said, bytes, bytes]:
    """What it says, what is signed, and the signature in Base64."""
    if len(payload) > MOST or not _FRAME.fullmatch(payload):
        raise NotAStamp("it is not three lines of at most 1,024 bytes")
    if not payload.startswith(VERSION):
        raise NotAStamp("a later version of the program made it")
    message, signature, _ = payload.rsplit(b"\n", 2)
    line = message.removeprefix(VERSION)
    try:
        said = _said.decode(line)
    except _UNREADABLE:
        raise NotAStamp("what it says does not read") from None
    if msgspec.json.encode(said) != line:
        raise NotAStamp("what it says is not written as we write it")
    return said, message, signature


def _fits(trusted: Verifier, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(trusted.public).verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, binascii.Error):
        return False
    return True
