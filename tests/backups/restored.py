"""A restore of the two stores, with the record of the log: what `upheld restore` does between its files."""

from dataclasses import dataclass, field
from pathlib import Path

from tests.backups import setting_back
from tests.backups.setting_back import Copy
from upheld import ledger
from upheld.backups import proving, reading, record, replaying
from upheld.backups.reading import Log
from upheld.backups.replaying import Replayed
from upheld.ledger import keys
from upheld.policy.actors import Actor

BY = Actor.operator()


@dataclass(frozen=True)
class Kept:
    """One of the two copies, and how many entries the log had when it was begun."""

    rows: Copy = field(repr=False)
    size: int


def copy_data() -> Kept:
    before = size()
    return Kept(setting_back.data(), before)


def copy_keys() -> Kept:
    before = size()
    return Kept(setting_back.key_store(), before)


def size() -> int:
    newest = ledger.sequence()
    return newest.size if newest else 0


def log_in(folder: Path) -> Log:
    ledger.sequence()
    record.write(folder, seal=None)
    log = reading.read(folder, verifier=keys.verifier(), unseal=None)
    assert log is not None
    return log


def restore(folder: Path, *, data: Kept | None = None, keys: Kept | None = None) -> Replayed:
    """Either of them may be as it is now. The record holds what happened until now."""
    log = log_in(folder)
    data, keys = data or copy_data(), keys or copy_keys()
    setting_back.put_back(data.rows)
    setting_back.put_back(keys.rows)
    done = replaying.replay(log, data=data.size, keys=keys.size, by=BY)
    proving.prove(log, data=data.size, keys=keys.size, facts={}, by=BY)
    return done
