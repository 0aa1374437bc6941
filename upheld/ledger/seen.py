"""The last checkpoint that this instance has seen, outside the database: how a database rolled back is noticed."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

from upheld.home import to_disk
from upheld.ledger import checkpoints, keys
from upheld.ledger.checkpoints import Signed
from upheld.ledger.errors import BadNote, BadSeen


def path() -> Path:
    folder: Path = settings.UPHELD_LEDGER_DIR
    return folder / "checkpoint"


def last() -> Signed | None:
    """Raises BadSeen when the file is not a checkpoint that this instance signed."""
    try:
        return checkpoints.read(path().read_text("utf-8"), keys.verifier())
    except FileNotFoundError:
        return None
    except (BadNote, UnicodeDecodeError):
        raise BadSeen(path(), "this instance's key did not sign it") from None


def remember(checkpoint: Signed) -> None:
    """Never goes back: an older checkpoint that is written late changes nothing."""
    known = last()
    if known is not None and known.size >= checkpoint.size:
        return
    path().parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path().parent, prefix=".new-", encoding="utf-8", delete=False) as file:
        file.write(checkpoint.note)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path())
    to_disk(path().parent)
