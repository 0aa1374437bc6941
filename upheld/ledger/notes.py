"""Signed notes (c2sp.org/signed-note) with Ed25519, signature type 0x01. Pure Python over `cryptography`."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from upheld.ledger.errors import BadNote

ED25519 = b"\x01"
MOST_SIGNATURES = 16
DASH = "\u2014 "


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def _named(name: str) -> str:
    if not name or "+" in name or any(c.isspace() for c in name):
        raise BadNote(f"{name!r} cannot name a key")
    return name


@dataclass(frozen=True, slots=True)
class Verifier:
    """Whom to trust: written `name+key id+key`, as the field's other tools write it."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Raises BadNote for text that is no such key."""
        try:
            name, identity, encoded = text.strip().split("+", 2)
            key = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise BadNote("the public key is not of the form name+id+key") from None
        if key[:1] != ED25519 or len(key) != 33 or _key_id(name, key[1:]).hex() != identity:
            raise BadNote("the public key is damaged, or not an Ed25519 key")
        return cls(_named(name), key[1:])

    def __str__(self) -> str:
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{_key_id(self.name, self.public).hex()}+{encoded}"


@dataclass(frozen=True, slots=True)
class Signer:
    name: str
    key: Ed25519PrivateKey

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> "Signer":
        return cls(_named(name), Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The note: `text`, which must end in a newline and hold no control character, and the signature line."""
        if not text.endswith("\n") or any(ord(c) < 32 and c != "\n" for c in text):
            raise BadNote("its text must end in a newline and hold no other control character")
        signature = _key_id(self.name, self.verifier.public) + self.key.sign(text.encode())
        return f"{text}\n{DASH}{self.name} {base64.b64encode(signature).decode()}\n"


def open_note(note: str, *trusted: Verifier) -> str:
    """The text of a note that one of `trusted` signed. Raises BadNote otherwise, and for any signature of theirs that
    does not verify; signatures of others are ignored."""
    text, blank, lines = note.rpartition("\n\n")
    text += "\n"
    signatures = lines.removesuffix("\n").split("\n")
    if not blank or not lines.endswith("\n") or len(signatures) > MOST_SIGNATURES:
        raise BadNote("it is not a text, an empty line and signature lines")
    if any(ord(c) < 32 and c != "\n" for c in note):
        raise BadNote("it holds a control character")
    known = {(v.name, _key_id(v.name, v.public)): v for v in trusted}
    verified = [_verified(line, text, known) for line in signatures]
    if not any(verified):
        raise BadNote("no key that is trusted here signed it")
    return text


def _verified(line: str, text: str, known: dict[tuple[str, bytes], Verifier]) -> bool:
    name, space, encoded = line.removeprefix(DASH).rpartition(" ")
    try:
        signature = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        signature = b""
    if not line.startswith(DASH) or not space or len(signature) < 5:
        raise BadNote("a signature line is malformed")
    verifier = known.get((name, signature[:4]))
    if verifier is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature[4:], text.encode())
    except InvalidSignature:
        raise BadNote(f"the signature of {name} does not fit the text") from None
    return True
