"""Backups are sealed with age (https://age-encryption.org/v1), and open with the ordinary `age` too.

To a recipient, by default that of the instance's own `backup.key`. Or to a passphrase: then each folder has an identity
of its own, in `identity.age`, which the passphrase seals; so files are streamed whatever their size, and the slow work
on a passphrase is done once. `age -d -i identity.age data-….age` asks for it.
"""

import io
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO

import pyrage  # type: ignore[import-untyped]  # it has no types
from pyrage.x25519 import Identity as Identity  # type: ignore[import-untyped]  # it has no types
from pyrage.x25519 import Recipient as Recipient

from upheld.backups.errors import BadIdentity, BadRecipient, Damaged, NoIdentity, NoKey, OtherPassphrase
from upheld.home import Home, secret_file

MAGIC = b"age-encryption.org/v1\n"  # how every age file begins
IN_ENVIRONMENT = "UPHELD_BACKUP_PASSPHRASE"
IDENTITY = "AGE-SECRET-KEY-1"
ADVICE = "# Opens the backups of this instance. Keep a copy off this machine: without it no backup can be opened.\n"
BLOCK = 1 << 20


def ensure_key(home: Home) -> None:
    """The identity that opens backups, made where there is none."""
    if not home.backup_key.exists():
        secret_file(home.backup_key, (ADVICE + _text(Identity.generate())).encode())


def recipient(home: Home, folder: Path | None = None, *, passphrase: str = "") -> Recipient:
    """Whom backups in this folder are sealed to: the passphrase given or in the environment, the setting
    backup.recipient, or backup.key. Raises NoKey, BadIdentity, BadRecipient, OtherPassphrase."""
    passphrase = passphrase or os.environ.get(IN_ENVIRONMENT, "")
    if passphrase and folder:
        return _identity_of(folder, passphrase).to_public()
    named = home.text("backup.recipient")
    if not named:
        if not home.backup_key.exists():
            raise NoKey(home.backup_key)
        return identity(home.backup_key).to_public()
    try:
        return Recipient.from_str(named)
    except pyrage.RecipientError as error:
        raise BadRecipient(error) from None


def identity(path: Path) -> Identity:
    """The identity in a file as `age-keygen` writes it. Raises BadIdentity."""
    try:
        return _parsed(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValueError, pyrage.IdentityError):
        raise BadIdentity(path) from None


def install(home: Home, given: Path) -> None:
    """The identity that opened a backup as this instance's own, where it has none and seals to its own."""
    if not home.backup_key.exists() and not home.text("backup.recipient"):
        secret_file(home.backup_key, (ADVICE + _text(identity(given))).encode())


def identities(home: Home, *, given: Path | None, folders: Iterable[Path], passphrase: str) -> list[Identity]:
    """Everything at hand that may open a backup."""
    found = [identity(given)] if given else []
    if home.backup_key.exists():
        found.append(identity(home.backup_key))
    passphrase = passphrase or os.environ.get(IN_ENVIRONMENT, "")
    sealed = [folder / "identity.age" for folder in folders]
    return found + [_unlocked(path.read_bytes(), passphrase, path) for path in sealed if passphrase and path.exists()]


def seal(to: Recipient) -> Callable[[bytes], bytes]:
    return lambda content: pyrage.encrypt(content, [to])


def unseal(identities: Sequence[Identity]) -> Callable[[bytes], bytes]:
    return lambda content: pyrage.decrypt(content, identities)


def sealed_to(path: Path, parts: Iterator[bytes], to: Recipient) -> None:
    """Write a new file of mode 0600, sealed, and on the disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        source = _Source(parts)
        try:
            pyrage.encrypt_io(source, file, [to])
        except pyrage.EncryptError as error:
            raise source.failure or error from None
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def unsealed(path: Path, identities: Sequence[Identity]) -> Iterator[BinaryIO]:
    """What a sealed file holds, as a stream. A file that was cut short or altered shows when it is read to its end, as
    Damaged; raises NoIdentity when nothing opens it."""
    out, into = os.pipe()
    failed: list[Exception] = []

    def run() -> None:
        try:
            with os.fdopen(into, "wb") as sink, path.open("rb") as source:
                pyrage.decrypt_io(source, sink, identities)
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        with os.fdopen(out, "rb", buffering=BLOCK) as stream:
            yield stream
    finally:
        thread.join()
        for error in failed:
            _tell(path, error)


def _tell(path: Path, error: Exception) -> None:
    if isinstance(error, BrokenPipeError):
        return  # who read has seen enough
    if isinstance(error, pyrage.DecryptError) and "matching keys" in str(error):
        raise NoIdentity(path) from None
    raise Damaged(path, f"age says {error}") from None


class _Source(io.RawIOBase):
    """The parts as a file to read, for age. It keeps what making them raised, since age tells only its text."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._rest = parts, memoryview(b"")
        self.failure: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        while not self._rest:
            try:
                self._rest = memoryview(next(self._parts))
            except StopIteration:
                return b""
            except Exception as error:
                self.failure = error
                raise
        taken, self._rest = self._rest[:size], self._rest[size:]
        return bytes(taken)


def _identity_of(folder: Path, passphrase: str) -> Identity:
    path = folder / "identity.age"
    if not path.exists():
        fresh = folder / ".identity.part"
        fresh.unlink(missing_ok=True)
        secret_file(fresh, pyrage.passphrase.encrypt(_text(Identity.generate()).encode(), passphrase))
        with suppress(FileExistsError):  # another process was first; its identity is the one
            os.link(fresh, path)
        fresh.unlink()
    return _unlocked(path.read_bytes(), passphrase, path)


@cache
def _unlocked(sealed: bytes, passphrase: str, path: Path) -> Identity:
    try:
        return _parsed(pyrage.passphrase.decrypt(sealed, passphrase).decode())
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError):
        raise OtherPassphrase(path) from None


def _parsed(text: str) -> Identity:
    lines = [line.strip() for line in text.splitlines()]
    return Identity.from_str(next((line for line in lines if line.startswith(IDENTITY)), ""))


def _text(made: Identity) -> str:
    return f"# public key: {made.to_public()}\n{made}\n"
