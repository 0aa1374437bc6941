"""The files of releases, by their digest: `artefacts/<SHA-256>` in the instance's folder.

They are the company's own and for anybody who signs up, so that they are not sealed. What is there is whole: a file
gets its name after its last byte is on the disk, and a death before that leaves one that no release names and that is
swept.
"""

import os
import tempfile
import time
from hashlib import sha256, sha512
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from upheld.builds.models import Release
from upheld.home import to_disk

PIECE = 1024 * 1024  # bytes in memory at a time
LARGEST = 4 * 1024**3  # bytes of one file
BEFORE = "arriving-"
STALE = 24 * 3600  # seconds after which a file that no release names is nobody's


class Kept(NamedTuple):
    sha256: str  # hexadecimal
    size: int  # bytes
    sha512: str  # hexadecimal: what electron-updater asks for


def folder() -> Path:
    found: Path = settings.HOME.artefacts
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def path(sha256: str) -> Path:
    """Where the file of this digest is, if it is kept here."""
    return folder() / sha256


def keep(source: Path) -> Kept:
    """Copy a file in, never whole in memory; one that is there already stays. Raises OSError for one that cannot be
    read, or for which there is no room."""
    handle, name = tempfile.mkstemp(prefix=BEFORE, dir=folder())
    try:
        kept = _copied(source, handle)
        os.replace(name, path(kept.sha256))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    to_disk(folder())
    return kept


def sweep(now: float | None = None) -> int:
    """Remove what has been here for a day and belongs to no release. Returns how many files that was."""
    old = (time.time() if now is None else now) - STALE
    loose = [each for each in folder().iterdir() if each.is_file() and each.stat().st_mtime < old]
    named = set(Release.objects.filter(sha256__in=[each.name for each in loose]).values_list("sha256", flat=True))
    # Asked again, since one may have come anew while the releases were looked at.
    gone = [each for each in loose if each.name not in named and each.stat().st_mtime < old]
    for each in gone:
        each.unlink(missing_ok=True)
    return len(gone)


def _copied(source: Path, handle: int) -> Kept:
    short, long, size = sha256(), sha512(), 0
    with os.fdopen(handle, "wb") as target, source.open("rb") as file:
        while piece := file.read(PIECE):
            target.write(piece)
            short.update(piece)
            long.update(piece)
            size += len(piece)
        target.flush()
        os.fsync(target.fileno())
    return Kept(short.hexdigest(), size, long.hexdigest())
