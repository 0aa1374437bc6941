"""The root key: wraps every key of the key store. A file of mode 0600, one line a version:

    upheld-root-key/v1
    1 base64 of 32 bytes

The highest version wraps; older ones stay only while a rotation moves their keys.
"""

import base64
import binascii
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from upheld.home import secret_file, to_disk
from upheld.vault.errors import NoRootKey, RootKeyFormat, WrongRootKey

HEADER = "upheld-root-key/v1"
NONCE = 12


class RootKey:
    """The versions in one file, with the file's state at reading (so that a rotation by another process is seen)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seen = self._state()
        self.versions = {number: AESGCM(key) for number, key in read(path).items()}
        self.current = max(self.versions)

    def wrap(self, key: bytes, context: bytes) -> tuple[int, bytes]:
        """`key` sealed under the newest version and bound to `context`, with that version's number."""
        nonce = os.urandom(NONCE)
        return self.current, nonce + self.versions[self.current].encrypt(nonce, key, context)

    def unwrap(self, version: int, wrapped: bytes, context: bytes) -> bytes:
        """Raises WrongRootKey when this file does not hold the version, or it is not the key that wrapped."""
        cipher = self.versions.get(version)
        if cipher is None:
            raise WrongRootKey(self.path)
        try:
            return cipher.decrypt(wrapped[:NONCE], wrapped[NONCE:], context)
        except InvalidTag:
            raise WrongRootKey(self.path) from None

    def is_stale(self) -> bool:
        return self.seen != self._state()

    def _state(self) -> tuple[int, int]:
        try:
            state = self.path.stat()
        except OSError:
            raise NoRootKey(self.path) from None
        return state.st_mtime_ns, state.st_ino


_loaded: dict[Path, RootKey] = {}


def root() -> RootKey:
    """This instance's root key, read again whenever the file has changed."""
    path: Path = settings.UPHELD_ROOT_KEY
    known = _loaded.get(path)
    if known is None or known.is_stale():
        known = _loaded[path] = RootKey(path)
    return known


def create(path: Path) -> None:
    """Make a root key. Raises FileExistsError rather than overwrite one."""
    secret_file(path, text({1: secrets.token_bytes(32)}))


def read(path: Path) -> dict[int, bytes]:
    try:
        said = path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise NoRootKey(path) from None
    return parse(said, path)


def parse(said: str, path: Path) -> dict[int, bytes]:
    """The versions that a file says, which is or was at `path`. Raises RootKeyFormat."""
    lines = said.splitlines()
    if not lines or lines[0] != HEADER:
        raise RootKeyFormat(path, 1)
    versions = {}
    for number, line in enumerate(lines[1:], start=2):
        try:
            version, encoded = line.split(" ")
            key = base64.b64decode(encoded, validate=True)
            versions[int(version)] = key
        except (ValueError, binascii.Error):
            raise RootKeyFormat(path, number) from None
        if len(key) != 32:
            raise RootKeyFormat(path, number)
    if not versions:
        raise RootKeyFormat(path, 2)
    return versions


def replace(path: Path, versions: dict[int, bytes]) -> None:
    """Write other versions in one step: a crash leaves the old file or the new one, never a part."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    secret_file(fresh, text(versions))
    fresh.replace(path)
    to_disk(path.parent)


def text(versions: dict[int, bytes]) -> bytes:
    """What a file with these versions holds."""
    lines = [
        HEADER,
        *(f"{number} {base64.b64encode(key).decode()}" for number, key in sorted(versions.items())),
    ]
    return ("\n".join(lines) + "\n").encode()
