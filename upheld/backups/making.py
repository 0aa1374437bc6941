"""A backup: the data in one file, what opens them in another, and beside them the record of what happened.

The data first, then the keys: every row in the copy has its key in the other, unless its person was erased meanwhile.
Each file is written under another name and renamed when it is whole and on the disk. Nothing waits for it: the site
serves on.
"""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from upheld import ledger
from upheld.backups import archive, files, keeping, keystore, locks, manifest, record, sealing, stores
from upheld.backups.archive import Member
from upheld.backups.errors import OtherFolder, RootMoved
from upheld.backups.manifest import DATA, KEYS, Manifest
from upheld.builds import numbers
from upheld.contact import suppressing
from upheld.home import Home, to_disk
from upheld.ledger import keys as ledger_keys
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.keys import ring, root

DUE = timedelta(days=1)
LASTING = ("index", suppressing.KEY, numbers.KEY)


@dataclass(frozen=True, slots=True)
class Made:
    """The two files, and how many older ones went since their time was over."""

    data: Path
    keys: Path
    dropped: int


def make(folder: Path, *, by: Actor, keys: Path | None = None, passphrase: str = "") -> Made:
    """Back this instance up into `folder`; the key store into `keys`, where that is another.

    Raises Refused, BackupError, OSError. A crash leaves nothing that looks like a backup and is not whole.
    """
    require(Act.BACKUP_MAKE, by=by)
    home: Home = settings.HOME
    apart = keys or folder
    with locks.backing_up(home):
        for each in {folder, apart}:
            _prepare(each)
        stores.tidy(home.folder)
        for name in LASTING:
            ring.service_key(name)  # made now, if need be: what is keyed with it later must be known after a restore
        ledger.sequence()
        to = sealing.recipient(home, folder, passphrase=passphrase)
        data_file = _write(folder, DATA, data_members(), engine=stores.engine(), to=to)
        to_keys = sealing.recipient(home, apart, passphrase=passphrase)
        keys_file = _write(apart, KEYS, key_members(), engine="rows", to=to_keys)
        ledger.sequence()
        _write_record(folder, to)
        dropped = keeping.drop_old(folder, DATA, days=home.number("backup.keep_data"))
        dropped += keeping.drop_old(apart, KEYS, days=home.number("backup.keep_keys"))
        _tell_ledger(data_file, keys_file, dropped, by=by)
    return Made(data_file, keys_file, dropped)


def make_due() -> bool:
    """A backup into the setting's folder when the newest there is a day old: the worker's. Whether one was made."""
    named = settings.HOME.text("backup.folder")
    if not named:
        return False
    newest = max(filter(None, map(manifest.made_of, manifest.all_of(KEYS, Path(named)))), default=None)
    if newest and datetime.now(UTC) - newest < DUE:
        return False
    make(Path(named), by=Actor.system("backup"))
    return True


def data_members() -> Iterator[Member]:
    """What is sealed or public, and so may be kept for years."""
    for path in sorted(settings.HOME.policy.glob("*.md")):
        yield f"policy/{path.name}", path.read_bytes()
    yield from archive.cut("store", stores.copied())


def key_members() -> Iterator[Member]:
    """What opens, signs or lets in, and so is kept for days."""
    home: Home = settings.HOME
    before = root.read(home.root_key)
    yield from ((f"files/{path.relative_to(home.folder)}", path.read_bytes()) for path in secrets_of(home))
    yield from archive.cut("rows", keystore.packed())
    # A rotation may have come in between: with both states every key that was read opens.
    versions = before | root.read(home.root_key)
    if not keystore.root_versions() <= versions.keys():
        raise RootMoved
    yield "files/root.key", root.text(versions)


def secrets_of(home: Home) -> list[Path]:
    """The instance's files that go with the keys, but root.key. Not backup.key, which would be sealed to itself."""
    found = [home.toml, home.ledger_key, home.web_key, home.folder / "dkim.key", *sorted(home.tls.glob("*"))]
    return [path for path in found if path.is_file()]


def _prepare(folder: Path) -> None:
    """Make the folder if need be. Raises OtherFolder for one with another instance's backups."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    named, origin = folder / "origin", settings.UPHELD_ORIGIN
    if not named.exists():
        files.put(named, f"{origin}\n".encode())
    elif (said := named.read_text("utf-8", "replace").strip()) != origin:
        raise OtherFolder(folder, said)


def _write(folder: Path, kind: str, members: Iterator[Member], *, engine: str, to: sealing.Recipient) -> Path:
    for left in folder.glob(f".{kind}-*.part"):
        left.unlink()
    while (path := folder / manifest.name_of(kind, now := datetime.now(UTC))).exists():
        time.sleep(0.1)  # names have whole seconds
    part = folder / f".{path.name}.part"
    about = _manifest(kind, engine, made=path.stem.removeprefix(f"{kind}-"))
    assert about.at <= now
    try:
        sealing.sealed_to(part, archive.packed(about, members, ledger_keys.signer()), to)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    os.replace(part, path)
    to_disk(folder)
    return path


def _write_record(folder: Path, to: sealing.Recipient) -> None:
    """Add to it; or write all of it anew where it is sealed to somebody else, so that one identity opens it."""
    place, fresh, old = (folder / name for name in ("record", "record.new", "record.old"))
    if record.write(place, seal=sealing.seal(to), to=str(to)) is None:
        shutil.rmtree(fresh, ignore_errors=True)
        with files.alone_in(place):
            files.put(fresh / record.RECIPIENT, f"{to}\n".encode())
            record.write(fresh, seal=sealing.seal(to))
            shutil.rmtree(old, ignore_errors=True)
            place.rename(old)
            fresh.rename(place)
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)


def _manifest(kind: str, engine: str, *, made: str) -> Manifest:
    newest = ledger.latest()
    alias = "default" if kind == DATA else "keys"
    applied = sorted(".".join(name) for name in MigrationRecorder(connections[alias]).applied_migrations())
    note = newest.note if newest else ""
    return Manifest(kind, settings.UPHELD_ORIGIN, made, engine, tuple(applied), note, force.in_force().digest)


def _tell_ledger(data: Path, keys: Path, dropped: int, *, by: Actor) -> None:
    facts: dict[str, ledger.Fact] = {"data": data.stem, "keys": keys.stem, "dropped": dropped}
    with transaction.atomic():
        ledger.append(Act.BACKUP_MAKE, by=by, facts=facts)
