"""Putting a backup back, so that nobody who was erased since comes back with it.

    1  everything is read and checked, and what happened since is known whole       nothing is changed
    2  the marker `restoring`: from here on nothing is served
    3  key store    keys that are missing, but of nobody who was erased             one transaction
    4  data         the copy in place of what was there                             one step
    5  both         what happened since is done again: `replaying`
    6  both         looked at again: `proving`; then the marker goes

Safe to repeat after a crash at any line: what happened is written down beside the marker before anything is replaced.
"""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader

from upheld import __version__, ledger, vault
from upheld.backups import keystore, opening, programs, proving, reading, record, replaying, sealing, stores
from upheld.backups.errors import (
    BackupError,
    Damaged,
    NewerBackup,
    NotThisEngine,
    OtherInstance,
    RecordDamaged,
    WrongKeys,
)
from upheld.backups.opening import Backup
from upheld.backups.reading import Log
from upheld.home import Home
from upheld.ledger import seen
from upheld.ledger.errors import LedgerError
from upheld.ledger.models import Checkpoint
from upheld.ledger.notes import Verifier
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.inventory import registry
from upheld.vault.keys import ring, root
from upheld.vault.keys.models import DataKey
from upheld.vault.keys.router import STORE
from upheld.vault.scrubbing import scrub

SCRATCH = "restoring.d"


@dataclass(frozen=True, slots=True)
class Restored:
    """How many keys came back, how many rows have none, and what was done again."""

    keys: int
    unopenable: int
    replayed: replaying.Replayed


def restore(backup: Backup, *, by: Actor, records: Sequence[Path] = (), identity: Path | None = None) -> Restored:
    """Put it back, with every record of what happened that can be found; each of `records` must be whole. The identity
    that was given goes on to open backups, where the instance has none. Nobody else may be at work (`locks.alone`).
    Raises Refused, BackupError; for what is wrong with the backup or a record, before anything is changed."""
    require(Act.BACKUP_RESTORE, by=by)
    home: Home = settings.HOME
    scratch = home.folder / SCRATCH
    try:
        scratch.mkdir(mode=0o700, exist_ok=True)
        _check(backup)
        store = _unpacked(backup, scratch)
        log = _log(backup, scratch, records)
    except BaseException:
        if not home.restoring.exists():  # else it may hold the only record of what happened
            shutil.rmtree(scratch)
        raise

    opening.begin(home, backup, opening.REPLACING)
    opening.settle(home, backup)
    _remember(backup, log)
    came = _merge_keys(backup)
    _replace_data(backup, store, scratch)
    data, keys = backup.sizes
    replayed = replaying.replay(log, data=data, keys=keys, by=by)
    vault.resume()
    scrub([STORE, "default"])
    unopenable = count_unopenable()
    made = {"data_at": backup.data.manifest.made, "keys_at": backup.keys.manifest.made}
    facts: dict[str, ledger.Fact] = {**made, "unopenable": unopenable}
    proving.prove(log, data=data, keys=keys, by=by, facts=facts)
    if identity:
        sealing.install(home, identity)
    opening.begin(home, backup, opening.PROVEN)  # this log knows everything again, and the scratch may go
    shutil.rmtree(scratch)
    opening.end(home)
    return Restored(came, unopenable, replayed)


def count_unopenable() -> int:
    """Rows whose key is not in the key store: those that came after the copy of it."""
    found = 0
    for model in registry():
        rows = iter(model._base_manager.iterator(chunk_size=ring.FEW))
        while some := list(islice(rows, ring.FEW)):
            wanted = DataKey.objects.filter(subject__in={row.subject for row in some})
            have = set(wanted.values_list("subject", "retention", "version"))
            found += sum(not _slots(row) <= have for row in some)
    return found


def _slots(row: vault.Personal) -> set[ring.Slot]:
    return {(row.subject, each.retention, each.key_version) for each in row.readable()}


def _check(backup: Backup) -> None:
    about = backup.data.manifest
    if about.engine != stores.engine():
        raise NotThisEngine(backup.data.path, about.engine, stores.engine())
    for each in (backup.data, backup.keys):
        known = {".".join(name) for name in MigrationLoader(None).disk_migrations}
        if not set(each.manifest.migrations) <= known:
            raise NewerBackup(each.path, each.manifest.version, __version__)
    stores.check_unused()
    if (origin := _origin_here()) and origin != backup.origin:
        raise OtherInstance(backup.data.path, backup.origin, origin)
    path = settings.UPHELD_ROOT_KEY
    roots = _roots(backup)
    if _has_tables(STORE, "vault_keys_datakey") and not keystore.opens(root.read(path) if path.exists() else roots):
        raise WrongKeys(path)
    try:
        keystore.check(keystore.unpacked(backup.keys.stream()), roots)
    except (ValueError, LookupError, InvalidTag) as error:
        raise Damaged(backup.keys.path, f"its keys do not open ({type(error).__name__})") from None


def _roots(backup: Backup) -> dict[int, bytes]:
    return root.parse(backup.keys.small["files/root.key"].decode("ascii"), backup.keys.path)


def _origin_here() -> str:
    """Of the log that the database holds already, if it does."""
    if not _has_tables("default", "ledger_checkpoint"):
        return ""
    note = Checkpoint.objects.order_by("-size").values_list("note", flat=True).first()
    return (note or "").partition("\n")[0]


def _has_tables(alias: str, name: str) -> bool:
    try:
        return name in connections[alias].introspection.table_names()
    except DatabaseError:
        return False  # a file that is no database any more


def _unpacked(backup: Backup, scratch: Path) -> Path:
    """SQLite's file, beside the one that it will replace; PostgreSQL reads the stream itself."""
    file = scratch / "data.sqlite3"
    if stores.engine() == "sqlite":
        with file.open("wb") as copy:
            for part in backup.data.stream():
                copy.write(part)
            copy.flush()
            os.fsync(copy.fileno())
        stores.check_file(file, backup.data.path)
    return file


def _log(backup: Backup, scratch: Path, records: Sequence[Path]) -> Log:
    """What happened, from whoever knows most: this instance's own log, if it can be read, is written down first."""
    verifier, unseal = backup.verifier, sealing.unseal(backup.keys.identities)
    named = [reading.named(place) for place in records]
    for folder in named:
        reading.read(folder, verifier=verifier, unseal=unseal)  # raises: somebody knows that it is needed
    own = _own(scratch / "record", verifier)
    known = [*backup.checkpoints, *([last.note] if (last := seen.last()) else [])]
    folders = [*named, *(folder / "record" for folder in backup.folders)]
    log = reading.best(folders, verifier=verifier, unseal=unseal, known=known, own=own)
    assert log, "a backup has a checkpoint"
    return log


def _own(folder: Path, verifier: Verifier) -> Log | None:
    """What the log in the database says; while it is replaced, only what was written down before: the copy in its place
    does not know what stood."""
    if opening.stage(settings.HOME) != opening.REPLACING and _has_tables("default", "ledger_entry"):
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(LedgerError, BackupError, DatabaseError):  # then others must reach as far as all that is known
            ledger.sequence()
            record.write(folder, seal=None)
    with suppress(RecordDamaged):
        return reading.read(folder, verifier=verifier, unseal=None)
    return None


def _remember(backup: Backup, log: Log) -> None:
    """Before the data are replaced: from here on no log is signed that does not continue what was seen."""
    seen.remember(log.signed)


def _merge_keys(backup: Backup) -> int:
    _migrate(STORE)
    return keystore.merge(keystore.unpacked(backup.keys.stream()), _roots(backup))


def _replace_data(backup: Backup, store: Path, scratch: Path) -> None:
    if stores.engine() == "sqlite":
        stores.replace_file(store, aside=scratch / "before.sqlite3")
    else:
        connections.close_all()
        programs.load("default", backup.data.stream())
    _migrate("default")


def _migrate(alias: str) -> None:
    call_command("migrate", database=alias, verbosity=0, interactive=False)
