"""The record beside the backups is never more than a minute old, so that whoever was erased since the last backup is
known even when this machine is lost."""

from pathlib import Path

from django.conf import settings

from upheld.backups import record, sealing
from upheld.home import Home

RECORD = "record"
ORIGIN = "origin"  # what a folder has in which a backup of this instance was ever made


def copy_record() -> bool:
    """Add what is new to the record in the setting's folder. Whether there is one: a folder in which no backup was made
    yet, or which is not mounted, is left alone, and so is a record that is sealed to somebody else, such as to a
    passphrase: one identity must open all of it. Raises BackupError, OSError."""
    home: Home = settings.HOME
    named = home.text("backup.folder")
    if not named or not (Path(named) / ORIGIN).is_file():
        return False
    folder = Path(named)
    to = sealing.recipient(home, folder)
    if not record.is_sealed_to(folder / RECORD, str(to)):
        return False  # the next backup writes all of it anew for them
    return record.write(folder / RECORD, seal=sealing.seal(to), to=str(to)) is not None
