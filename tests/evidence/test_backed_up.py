"""Each check of the backups upholds what holds, and sees the promise broken when it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from upheld.backups import making, manifest, sealing
from upheld.evidence import backed_up
from upheld.home import Home
from upheld.policy.actors import Actor
from upheld.policy.checks import Finding

CHECKS = (backed_up.sealed, backed_up.fresh, backed_up.gone_in_time)


@pytest.fixture
def folder(transactional_db: None, home: Home, tmp_path: Path, settings: Settings) -> Path:
    """Where a backup was made a moment ago."""
    if not home.backup_key.exists():
        sealing.ensure_key(home)
    settings.HOME = Home(home.folder)
    settings.HOME.__dict__["settings"] = {**home.settings, "backup.folder": str(tmp_path / "backups")}
    making.make(tmp_path / "backups", by=Actor.system("backup"))
    return tmp_path / "backups"


def aged(folder: Path, kind: str, days: int) -> None:
    (newest,) = manifest.all_of(kind, folder)
    newest.rename(folder / manifest.name_of(kind, datetime.now(UTC) - timedelta(days=days)))


def broken(look: Callable[[], Finding], sentence: str) -> bool:
    found = look()
    return found.upheld is False and any(sentence in each for each in found.details)


@pytest.mark.django_db
def test_without_a_folder_there_is_nothing_to_look_at() -> None:
    assert [check().figure for check in CHECKS] == ["no folder for backups is set"] * 3


def test_each_breaks_for_what_it_is_there_for(folder: Path) -> None:
    for check in CHECKS:
        assert check() == Finding(True, "backups: 1 of the data, 1 of the key store")
    (data,) = manifest.all_of("data", folder)
    whole = data.read_bytes()
    data.write_bytes(b"SQLite format 3" + whole)
    assert broken(backed_up.sealed, f"{data.name} is not sealed")
    data.write_bytes(whole)
    aged(folder, "keys", 20)
    assert broken(backed_up.fresh, "the newest backup of the key store is of")
    assert backed_up.gone_in_time().upheld  # the newest stays, however old it is
    (folder / manifest.name_of("keys", datetime.now(UTC))).write_bytes(whole)
    assert broken(backed_up.gone_in_time, "is older than the 14 days of backup.keep_keys")
    data.unlink()
    assert broken(backed_up.fresh, "there is no backup of the data")
    folder.rename(folder.with_name("elsewhere"))
    for check in CHECKS:
        assert broken(check, "the folder of the setting backup.folder is not there")
