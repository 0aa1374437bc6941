"""Files on their way here in pieces, as tus 1.0.0 sends them: each piece goes on where the last one ended.

The bytes that count are those that the row says were received: whatever a death left behind them is cut off before the
next piece. One request at a time writes, which a lock on the file sees to, so that no transaction waits for a network.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, NamedTuple, Protocol
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.builds import artefacts, releases
from upheld.builds.errors import Misheard, UnknownUpload, UploadBusy, UploadRefused, WrongOffset
from upheld.builds.models import Upload
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require

LASTS = timedelta(days=1)
STAMPED = 3600  # seconds after which nobody stamps a file any more
CHECKSUMS = ("sha1", "sha256")  # tus asks for the first
WORKER = Actor.system("worker")


class Source(Protocol):
    """What can be read from, such as a request."""

    def read(self, size: int, /) -> bytes: ...


class Checksum(NamedTuple):
    algorithm: str  # of CHECKSUMS
    digest: bytes


def path(upload: Upload) -> Path:
    return _folder() / str(upload.pk)


@transaction.atomic
def begin(*, name: str, size: int, by: Actor) -> Upload:
    """A file of so many bytes is to come. Raises UploadRefused, Refused."""
    require(Act.ARTEFACT_KEEP, by=by)
    if not releases.NAME.fullmatch(name):
        raise UploadRefused("Name the file with letters, digits and . _ + - signs, at most 120.")
    if not 0 < size <= artefacts.LARGEST:
        raise UploadRefused("The file must have at least one byte, and at most 4 GiB.")
    made = Upload.objects.create(member=_who(by), name=name, size=size, begun_at=timezone.now())
    _record("begun", made, by)
    return made


def find(id: UUID, *, by: Actor) -> Upload:
    """Their own only. Raises UnknownUpload."""
    found: Upload | None = Upload.objects.filter(pk=id, member=_who(by)).first()
    if found is None:
        raise UnknownUpload
    return found


def add(
    upload: Upload, *, offset: int, source: Source, length: int, checksum: Checksum | None = None, by: Actor
) -> Upload:
    """The next piece, `length` bytes read from `source`; of one that breaks off, what came is kept, unless it has a
    checksum.

    Raises UnknownUpload, UploadBusy, WrongOffset, Misheard, UploadRefused for more than was announced, Refused; and
    whatever reading raises.
    """
    with transaction.atomic():
        require(Act.ARTEFACT_KEEP, by=by)
    with _alone(upload) as file:
        upload = find(upload.pk, by=by)
        if offset != upload.received:
            raise WrongOffset(upload.received)
        if length > upload.size - offset:
            raise UploadRefused(f"That is more than the {upload.size} bytes of the file.")
        file.seek(offset)
        file.truncate()
        try:
            _write(source, file, length, checksum)
        except Exception:
            file.seek(offset if checksum else file.tell())
            raise
        finally:
            _keep(upload, file, by)
    return upload


@transaction.atomic
def discard(upload: Upload, *, by: Actor) -> None:
    """It is not wanted, or it was published. Raises Refused."""
    require(Act.ARTEFACT_KEEP, by=by)
    if Upload.objects.filter(pk=upload.pk).delete()[0]:
        _record("discarded", upload, by)
    path(upload).unlink(missing_ok=True)


def sweep(now: datetime | None = None) -> int:
    """Discard what was begun a day ago, what was being stamped an hour ago, and files that belong to nothing. Returns
    how many there were."""
    stale = list(Upload.objects.filter(begun_at__lt=(now or timezone.now()) - LASTS))
    for upload in stale:
        discard(upload, by=WORKER)
    return len(stale) + _sweep_files() + _sweep_stamped() + artefacts.sweep()


def stamping() -> Path:
    """A folder for files that are being stamped for somebody: each has that person's number in it."""
    found = artefacts.folder() / "stamping"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


def _folder() -> Path:
    found = artefacts.folder() / "uploads"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


@contextmanager
def _alone(upload: Upload) -> Iterator[IO[bytes]]:
    """Its file, for nobody else to write meanwhile."""
    handle = os.open(path(upload), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadBusy from None
        yield file


def _write(source: Source, file: IO[bytes], length: int, checksum: Checksum | None) -> None:
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    while length and (piece := source.read(min(length, artefacts.PIECE))):
        file.write(piece)
        length -= len(piece)
        if digest:
            digest.update(piece)
    if checksum and digest and digest.digest() != checksum.digest:
        raise Misheard


def _keep(upload: Upload, file: IO[bytes], by: Actor) -> None:
    """What stands before the file's position; on the disk before the row says so."""
    received = file.tell()
    file.truncate()
    file.flush()
    os.fsync(file.fileno())
    if received == upload.received:
        return
    with transaction.atomic():
        if not Upload.objects.filter(pk=upload.pk).update(received=received):
            path(upload).unlink(missing_ok=True)
            raise UnknownUpload
        upload.received = received
        if received == upload.size:
            _record("received", upload, by)


def _sweep_files() -> int:
    """Those whose row is gone."""
    files = [each for each in _folder().iterdir() if each.stat().st_mtime < time.time() - LASTS.total_seconds()]
    known = {str(id) for id in Upload.objects.values_list("pk", flat=True)}
    gone = [each for each in files if each.name not in known]
    for each in gone:
        each.unlink(missing_ok=True)
    return len(gone)


def _sweep_stamped() -> int:
    """What was left by a process that ended over it."""
    gone = [each for each in stamping().iterdir() if _age(each) > STAMPED]
    for each in gone:
        shutil.rmtree(each, ignore_errors=True)
    return len(gone)


def _age(folder: Path) -> float:
    """In seconds; none of what is gone meanwhile."""
    try:
        return time.time() - folder.stat().st_mtime
    except FileNotFoundError:
        return 0


def _who(by: Actor) -> UUID:
    if by.id is None:
        raise UnknownUpload
    return by.id


def _record(what: str, upload: Upload, by: Actor) -> None:
    ledger.append(Act.ARTEFACT_KEEP, by=by, facts={"what": what, "upload": str(upload.pk), "size": upload.size})
