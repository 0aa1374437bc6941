"""What a backup says of itself (docs/spec/backup.md). Pure Python."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from upheld import __version__
from upheld.backups.errors import NewerBackup
from upheld.ledger import checkpoints
from upheld.ledger.checkpoints import Signed
from upheld.ledger.notes import Verifier

FORMAT = "upheld-backup/v1"
DATA, KEYS = "data", "keys"
WORDS = {DATA: "data", KEYS: "key store"}
_MADE = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"(data|keys)-(\d{8}T\d{6}Z)\.age")


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made` is UTC as in the file's name; `engine` is sqlite, postgresql, or rows for keys; `migrations` are those the
    database had; `checkpoint` is the log's newest when the copy began, or empty; `policy` the digest of that in force.
    """

    kind: str
    origin: str
    made: str
    engine: str
    migrations: tuple[str, ...]
    checkpoint: str
    policy: str
    version: str = __version__
    format: str = FORMAT

    def packed(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @property
    def at(self) -> datetime:
        return datetime.strptime(self.made, _MADE).replace(tzinfo=UTC)

    def signed(self, verifier: Verifier) -> Signed | None:
        """Raises BadNote for a checkpoint that this log did not sign."""
        return checkpoints.read(self.checkpoint, verifier) if self.checkpoint else None


def read(content: bytes, path: Path) -> Manifest:
    """Raises ValueError for none, NewerBackup for one of a format that is not known here."""
    said = json.loads(content)
    if not isinstance(said, dict) or not str(said.get("format", "")).startswith("upheld-backup/"):
        raise ValueError("it is no backup of Upheld")
    if said["format"] != FORMAT:
        raise NewerBackup(path, said.get("version", "?"), __version__)
    try:
        return Manifest(**said | {"migrations": tuple(said["migrations"])})
    except (TypeError, KeyError) as error:
        raise ValueError("its manifest lacks something") from error


def name_of(kind: str, at: datetime) -> str:
    return f"{kind}-{at.astimezone(UTC):{_MADE}}.age"


def made_of(path: Path) -> datetime | None:
    """When a backup was made, by its name; None for another file."""
    found = _NAME.fullmatch(path.name)
    return datetime.strptime(found[2], _MADE).replace(tzinfo=UTC) if found else None


def all_of(kind: str, folder: Path) -> list[Path]:
    """The backups of one kind in a folder, oldest first."""
    return sorted(path for path in folder.glob(f"{kind}-*.age") if made_of(path))
