"""The checks of the backups that the worker makes: sealed, of today, keys apart, and none older than it may be."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from upheld.backups import keeping, manifest, sealing
from upheld.backups.manifest import DATA, KEYS, WORDS
from upheld.policy import Promise
from upheld.policy.checks import Finding, check

FRESH = timedelta(days=2)
HOW = (
    "Where the setting backup.folder names a place, the backups there are looked at: the newest of the data and of the "
    "key store are two files, sealed with age and less than two days old, and none is older than backup.keep_data and "
    "backup.keep_keys say."
)


@check(Promise.SECURE_ENVIRONMENT, how=HOW)
def sealed() -> Finding:
    return _seen(_unsealed)


@check(Promise.ONLINE_AND_OFFLINE, how=HOW)
def fresh() -> Finding:
    return _seen(_stale)


@check(Promise.DELETE, how=HOW)
def gone_in_time() -> Finding:
    return _seen(_overdue)


def _seen(look: Callable[[Path], Iterator[str]]) -> Finding:
    named = settings.HOME.text("backup.folder")
    if not named:
        return Finding(True, "no folder for backups is set")
    folder = Path(named)
    wrong = tuple(look(folder)) if folder.is_dir() else ("the folder of the setting backup.folder is not there",)
    counted = (f"{len(manifest.all_of(kind, folder))} of the {WORDS[kind]}" for kind in (DATA, KEYS))
    return Finding(not wrong, f"backups: {', '.join(counted)}", wrong)


def _unsealed(folder: Path) -> Iterator[str]:
    for path in (*manifest.all_of(DATA, folder), *manifest.all_of(KEYS, folder)):
        with path.open("rb") as file:
            if file.read(len(sealing.MAGIC)) != sealing.MAGIC:
                yield f"{path.name} is not sealed"


def _stale(folder: Path) -> Iterator[str]:
    for kind in (DATA, KEYS):
        made = max(filter(None, map(manifest.made_of, manifest.all_of(kind, folder))), default=None)
        if made is None:
            yield f"there is no backup of the {WORDS[kind]}"
        elif datetime.now(UTC) - made > FRESH:
            yield f"the newest backup of the {WORDS[kind]} is of {made:%Y-%m-%d}"


def _overdue(folder: Path) -> Iterator[str]:
    for kind, setting in ((DATA, "backup.keep_data"), (KEYS, "backup.keep_keys")):
        days = settings.HOME.number(setting)
        for path in keeping.overdue(folder, kind, days=days):
            yield f"{path.name} is older than the {days} days of {setting}"
