"""What a backup or a restore says when it refuses. Nothing was changed, unless the sentence says so."""

from pathlib import Path


class BackupError(Exception):
    """The backup could not be made or restored."""

    def __init__(self, *parts: object) -> None:
        super().__init__(" ".join((self.__doc__ or "").split()).format(*parts))


class AlreadyBackingUp(BackupError):
    """Another backup of this instance is being made: wait until it is done."""


class BadIdentity(BackupError):
    """{0} holds no age identity, a line that begins with AGE-SECRET-KEY-1: name the file that opens the backups."""


class BadRecipient(BackupError):
    """The setting backup.recipient is not an age recipient, which begins with age1: {0}."""


class Damaged(BackupError):
    """The backup {0} is damaged: {1}. Take another one."""


class InUse(BackupError):
    """Something works on this instance: stop upheld serve and every upheld worker, then restore again."""


class NewerBackup(BackupError):
    """The backup {0} was made by Upheld {1}, newer than this one ({2}): install that version or a later one."""


class NoBackup(BackupError):
    """There is no backup of the {0} in {1}."""


class NoIdentity(BackupError):
    """Nothing here opens {0}: name the identity with --identity FILE, or the passphrase with --passphrase-file FILE."""


class NoKey(BackupError):
    """{0} is missing, so there is nothing to seal backups to: put it back from its safe place, or run upheld init,
    which makes another."""


class NoProgram(BackupError):
    """The program {0} of PostgreSQL {1} or later was not found: apt-get install postgresql-client-{1}."""


class NoRecord(BackupError):
    """There is no record of what happened in {0}: name the folder that has the file checkpoint in it."""


class NotThisEngine(BackupError):
    """The backup {0} was made on {1}, and this instance's data rest in {2}: set database_url to a {1} database."""


class NotProven(BackupError):
    """It cannot be proven that the restored copy is as it must be: {0}. Nothing is served; run upheld restore again."""


class OtherFolder(BackupError):
    """{0} holds the backups of another instance, {1}: name another folder."""


class OtherInstance(BackupError):
    """{0} belongs to the instance {1}, and this is {2}: name an empty folder in UPHELD_HOME, and empty databases."""


class OtherPassphrase(BackupError):
    """The passphrase does not open {0}, to which the backups in that folder are sealed: give that one, or another
    folder."""


class ProgramFailed(BackupError):
    """{0} failed: {1}"""


class RecordDamaged(BackupError):
    """The record of what happened in {0} cannot be trusted: {1}."""

    def __init__(self, folder: Path, why: object) -> None:
        super().__init__(folder, why)
        self.folder = folder


class RecordForked(BackupError):
    """The record in {0} and the checkpoint of size {1} are not of one log: one of them was rewritten, or is of another
    instance. Find out which; nothing was changed."""


class RecordMissing(BackupError):
    """Entries {0} to {1} are missing from the record of what happened, so it is not known who was erased since.{2}
    Bring the newer record with --record DIR."""


class Restoring(BackupError):
    """A restore of this instance is not finished, so it is not served and nothing works on it: run upheld restore DIR
    again, which is safe to repeat."""


class RootMoved(BackupError):
    """The root key was changed more than once while the key store was copied: make the backup again."""


class WrongKeys(BackupError):
    """The key store of this instance does not open with its own root key: put {0} back from its safe place, or move it
    and the key store aside to start from the backup's."""
