"""Files that a crash leaves whole: there is the old content or the new, and no half of either."""

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from upheld.home import to_disk

Seal = Callable[[bytes], bytes]
SEALED = ".age"


def put(path: Path, content: bytes, *, seal: Seal | None = None) -> None:
    """Written beside and renamed, and on the disk when this returns. Sealed, its name says so."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = sealed(path) if seal else path
    fresh = place.with_name(f".new-{place.name}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(seal(content) if seal else content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(place)
    to_disk(place.parent)


def get(path: Path, *, unseal: Seal | None) -> bytes:
    """What `put` wrote: sealed where there is `unseal`, else in clear; the other of the two does not count. Raises
    FileNotFoundError, ValueError when it does not open."""
    if unseal is None:
        return path.read_bytes()
    content = sealed(path).read_bytes()
    try:
        return unseal(content)
    except Exception as error:  # age's own kinds of error differ with what it was opened with
        raise ValueError("it does not open with this identity") from error


def remove(path: Path) -> None:
    for each in (path, sealed(path)):
        each.unlink(missing_ok=True)


def sealed(path: Path) -> Path:
    """What the sealed file is called."""
    return path.with_name(path.name + SEALED)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait for whoever else writes there, such as the worker while a backup is made by hand."""
    while (handle := _locked(folder / ".lock")) is None:
        pass  # another folder was put in its place meanwhile
    try:
        yield
    finally:
        os.close(handle)


def _locked(path: Path) -> int | None:
    """None for a file that is not at this path any more when its lock is ours."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        return None
    except FileExistsError:  # it was there, and was put away before mkdir could see that it is a folder
        with suppress(FileNotFoundError):
            if not stat.S_ISDIR(path.parent.lstat().st_mode):
                raise
        return None
    fcntl.flock(handle, fcntl.LOCK_EX)
    with suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    os.close(handle)
    return None
