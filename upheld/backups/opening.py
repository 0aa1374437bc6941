"""A backup as it is read: found, opened, and looked at to its last byte before anything is changed."""

import json
import os
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from upheld.backups import archive, files, manifest, sealing
from upheld.backups.errors import Damaged, NoBackup, NoIdentity, NotThisEngine, OtherInstance
from upheld.backups.manifest import DATA, KEYS, WORDS, Manifest
from upheld.home import Home, to_disk
from upheld.ledger.errors import BadNote
from upheld.ledger.notes import Signer, Verifier

CHECKING, REPLACING, PROVEN = "checking", "replacing", "proven"  # how far a restore is
STREAMS = ("store/", "rows/")  # members that are read when they are put back; all others are small, and kept


@dataclass(frozen=True)
class Opened:
    """One file of a backup, found whole; `small` are its members but the stream."""

    path: Path
    manifest: Manifest
    small: dict[str, bytes] = field(repr=False)
    identities: Sequence[sealing.Identity] = field(repr=False)

    def stream(self) -> Iterator[bytes]:
        """The data or the rows of the key store, read again from the file."""
        with sealing.unsealed(self.path, self.identities) as content:
            for name, part in archive.unpacked(content, self.path):
                if name.startswith(STREAMS):
                    yield part

    def under(self, folder: str) -> dict[str, bytes]:
        return {name.removeprefix(folder): part for name, part in self.small.items() if name.startswith(folder)}


@dataclass(frozen=True)
class Backup:
    """The two files that are put back, and who signed them."""

    data: Opened
    keys: Opened
    verifier: Verifier

    @property
    def origin(self) -> str:
        return self.keys.manifest.origin

    @property
    def folders(self) -> list[Path]:
        return list(dict.fromkeys((self.data.path.parent, self.keys.path.parent)))

    @cached_property
    def sizes(self) -> tuple[int, int]:
        """How long the log was when the data and when the keys were copied."""
        signed = [each.manifest.signed(self.verifier) for each in (self.data, self.keys)]
        data, keys = (each.size if each else 0 for each in signed)
        return data, keys

    @property
    def checkpoints(self) -> list[str]:
        return [each.manifest.checkpoint for each in (self.data, self.keys) if each.manifest.checkpoint]


def find(kind: str, place: Path) -> Path:
    """The newest of a folder, or the file that was named. Raises NoBackup."""
    if place.is_file():
        return place
    found = manifest.all_of(kind, place)
    if not found:
        raise NoBackup(WORDS[kind], place)
    return found[-1]


def open_both(home: Home, place: Path, keys: Path | None, *, identity: Path | None, passphrase: str) -> Backup:
    """The backup in `place` (a folder, or a data file), its keys in `keys` or beside it. Raises BackupError."""
    data_file = find(DATA, place)
    keys_file = find(KEYS, keys or data_file.parent)
    folders = {data_file.parent, keys_file.parent}
    opening = sealing.identities(home, given=identity, folders=sorted(folders), passphrase=passphrase)
    found = [_read(path, kind, opening) for path, kind in ((keys_file, KEYS), (data_file, DATA))]
    (keys_backup, keys_checker), (data_backup, data_checker) = found
    origin = home.text("origin") if home.exists else keys_backup.manifest.origin
    for each in (keys_backup, data_backup):
        if each.manifest.origin != origin:
            raise OtherInstance(each.path, each.manifest.origin, origin)
    verifier = _verifier(home, keys_backup)
    for checker in (keys_checker, data_checker):
        checker.check(verifier)
    backup = Backup(data_backup, keys_backup, verifier)
    try:
        _ = backup.sizes
    except BadNote as error:
        raise Damaged(data_file, error) from None
    if not home.exists:
        _check_engine(backup)
    return backup


def settle(home: Home, backup: Backup) -> None:
    """Give an instance the files that it lacks: settings, keys, certificates, policies. What is there stays."""
    found = {home.folder / name: content for name, content in backup.keys.under("files/").items()}
    found |= {home.policy / name: content for name, content in backup.data.under("policy/").items()}
    for path, content in found.items():
        if not path.exists():
            files.put(path, content)
            path.chmod(0o644 if path.parent == home.policy else 0o600)
    home.make_folders()


def begin(home: Home, backup: Backup, stage: str) -> None:
    """From here on nothing is served, until `end`."""
    home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = {"data": str(backup.data.path), "keys": str(backup.keys.path), "stage": stage}
    files.put(home.restoring, json.dumps(said).encode())


def stage(home: Home) -> str:
    """How far a restore is that was begun; empty where there is none."""
    return str(json.loads(home.restoring.read_bytes())["stage"]) if home.restoring.exists() else ""


@contextmanager
def whole_or_not_at_all(home: Home) -> Iterator[None]:
    """Where there was no instance, a restore that refuses leaves the folder as it was."""
    is_new, before = not home.exists, {home.folder, *home.folder.rglob("*")} if home.folder.exists() else set()
    try:
        yield
    except BaseException:
        if is_new and (stage(home) == CHECKING or not home.exists):
            for path in sorted({home.folder, *home.folder.rglob("*")} - before, reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def end(home: Home) -> None:
    home.restoring.unlink()
    to_disk(home.folder)


def _read(path: Path, kind: str, identities: Sequence[sealing.Identity]) -> tuple[Opened, archive.Checker]:
    """All of it, once. The signature is still to be checked, since who signed is in the keys' file."""
    if not identities:
        raise NoIdentity(path)
    checker, about = None, None
    small: dict[str, bytes] = {}
    with sealing.unsealed(path, identities) as content:
        for name, part in archive.unpacked(content, path):
            if about is None or checker is None:
                about = _about(path, kind, name, part)
                checker = archive.Checker(path, about)
                continue
            checker.take(name, part)
            if not name.startswith(STREAMS):
                small[name] = part
    if about is None or checker is None:
        raise Damaged(path, "it is empty")
    return Opened(path, about, small, identities), checker


def _check_engine(backup: Backup) -> None:
    """For an instance that is not there yet, from the settings that it will have. Raises NotThisEngine."""
    said = tomllib.loads(backup.keys.small["files/upheld.toml"].decode())
    url = os.environ.get("DATABASE_URL") or str(said.get("database_url", ""))
    about = backup.data.manifest
    if about.engine != (here := "postgresql" if url.startswith("postgres") else "sqlite"):
        raise NotThisEngine(backup.data.path, about.engine, here)


def _about(path: Path, kind: str, name: str, content: bytes) -> Manifest:
    try:
        about = manifest.read(content, path) if name == "manifest.json" else None
    except ValueError as error:
        raise Damaged(path, error) from None
    if about is None:
        raise Damaged(path, "it does not begin with a manifest")
    if about.kind != kind:
        raise NoBackup(WORDS[kind], path)
    return about


def _verifier(home: Home, keys: Opened) -> Verifier:
    """Of the key that signs this instance's log: the one that is here, else the backup's."""
    try:
        seed = home.ledger_key.read_bytes() if home.ledger_key.exists() else keys.small["files/ledger.key"]
        return Signer.from_seed(keys.manifest.origin, seed).verifier
    except (KeyError, ValueError, BadNote) as error:
        raise Damaged(keys.path, f"it has no signing key ({error})") from None
