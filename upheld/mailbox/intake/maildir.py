"""A Maildir is emptied: every letter in its `new` and `cur` is taken, and its file removed.

The mail server that delivers into it must let our user remove what it wrote. Only plain files are read, and no link
is followed: whoever could place one would have us read and remove what is not theirs.
"""

import logging
import os
import stat
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

from upheld.home import HomeError
from upheld.mailbox.intake.taking import Patience, take
from upheld.mailbox.reading import LARGEST
from upheld.vault.failing import told

log = logging.getLogger(__name__)
MOST = 500  # letters a round
FOLDERS = ("new", "cur")  # `tmp` holds what is still being written


class NoMaildir(HomeError):
    """There is no Maildir in {0}: mail.maildir must name a folder with new/ and cur/ in it, and neither a link."""

    def __init__(self, folder: Path) -> None:
        super().__init__((self.__doc__ or "").format(folder))


def take_all() -> int:
    """Take every letter that waits in the folder of mail.maildir. How many were taken. Safe to interrupt and repeat.

    Raises NoMaildir, OSError.
    """
    place, patient = settings.HOME.text("mail.maildir"), patience()
    if not place or not patient.may_try(place):
        return 0
    try:
        taken = empty(Path(place), patient)
    except (NoMaildir, OSError):
        patient.failed(place)
        raise
    patient.forget(place)
    return taken


def empty(folder: Path, patience: Patience) -> int:
    files = sorted(waiting(folder), key=lambda file: file.name)  # a name begins with when it came
    patience.keep_only({str(folder), *(file.name for file in files)})
    due = [file for file in files if patience.may_try(file.name)]
    return sum(_take(file, patience) for file in due[:MOST])


def waiting(folder: Path) -> Iterator[Path]:
    """The files that are letters. Raises NoMaildir."""
    for name in FOLDERS:
        part = folder / name
        if part.is_symlink() or not part.is_dir():
            raise NoMaildir(folder)
        yield from (Path(each) for each in os.scandir(part) if _is_letter(each))


def _is_letter(entry: "os.DirEntry[str]") -> bool:
    return not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)


def _take(file: Path, patience: Patience) -> bool:
    try:
        if take(_read(file), way="maildir"):
            file.unlink(missing_ok=True)
            patience.forget(file.name)
            return True
    except OSError as error:  # it is ours neither to read nor to remove; or a link, by now
        log.warning("A letter in mail.maildir is left there: %s.", told(error))
    patience.failed(file.name)
    return False


def _read(file: Path) -> bytes:
    """Its bytes, and one more than a letter may have, which makes it too large. Raises OSError."""
    handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as opened:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError("no plain file")
        return opened.read(LARGEST + 1)


@cache
def patience() -> Patience:
    """This process's own."""
    return Patience()
