"""Puts a build's stamp into a file of a release without breaking it, and reads it again.

One module a format: whether a file `fits` it, where its stamp is `held`, and the `plan` of pieces that make up a
stamped copy. What a plan cannot do safely, a side file does: `<name>.upheld.json` next to an unchanged copy. Nothing is
read whole, and no number in a file is trusted. docs/spec/build-stamp.md says where each format has it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from upheld.builds import payloads
from upheld.builds.errors import NotAStamp
from upheld.builds.payloads import SIDE, Stamp
from upheld.builds.stamps import apk, dmg, elf, gz, pe, zips
from upheld.builds.stamps.pieces import Artefact, Piece, Unsuitable
from upheld.ledger.notes import Verifier

FORMATS = (apk, zips, dmg, gz, elf, pe)
"""In this order: a program that ends in an archive is read as one, so its archive's comment is the safe place."""
BESIDE = "side"
LARGEST_SIDE = 4 * payloads.MOST

__all__ = ["Stamp", "read", "side_of", "stamp"]


def stamp(source: Path, target: Path, *, payload: bytes) -> str:
    """Copy `source` to `target` with the stamp, in place of any that it has; the two may be one.

    The name of the format that holds it, or "side" when `side_of(target)` does. Raises BadArtefact for what is no file,
    NotAStamp for a payload that is none, and OSError; then `target` is as it was.
    """
    beside = payloads.side(payload)
    with Artefact(source) as file:
        name, pieces = _planned(file, payload)
        _write(target, file.blocks(pieces), like=source)
    if name == BESIDE:
        _write(side_of(target), [beside], like=source)
    else:
        side_of(target).unlink(missing_ok=True)
    return name


def read(path: Path, *, trusted: Verifier | None = None) -> Stamp | None:
    """The stamp in the side file of a file, or in the file itself; None when neither has one.

    `trusted` is whose signature makes it `signed`: this instance's when none is given. Raises NotAStamp for one that is
    damaged, BadArtefact for what is no file, and OSError.
    """
    payload = None
    if side_of(path).is_file():  # read first: the file may still hold the stamp of an earlier copy
        with Artefact(side_of(path)) as file:
            payload = _beside(file)
    with Artefact(path) as file:
        payload = payload or _held(file)
    return None if payload is None else payloads.check(payload, trusted)


def side_of(path: Path) -> Path:
    return path.with_name(path.name + SIDE)


def _planned(file: Artefact, payload: bytes) -> tuple[str, list[Piece]]:
    kind = _format(file)
    if kind:
        with suppress(Unsuitable):  # the name that is returned says so
            return kind.NAME, kind.plan(file, payload)
    return BESIDE, [range(0, file.size)]


def _held(file: Artefact) -> bytes | None:
    """What the file holds, or is: a side file is read by what is in it, so that it can have lost its name."""
    kind = _format(file)
    if kind is None:
        return _beside(file) if 2 < file.size <= LARGEST_SIDE and file.at(0, 1) == b"{" else None
    try:
        found = kind.held(file)
    except Unsuitable:
        return None
    return file.at(found.start, len(found)) if found else None


def _format(file: Artefact) -> ModuleType | None:
    return next((each for each in FORMATS if each.fits(file)), None)


def _beside(file: Artefact) -> bytes:
    if file.size > LARGEST_SIDE:
        raise NotAStamp("its side file is too large")
    return payloads.from_side(file.at(0, file.size))


def _write(target: Path, blocks: Iterable[bytes], *, like: Path) -> None:
    """All of it or nothing: a file of its own that takes the target's place when it is whole."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".stamping-")
    try:
        with os.fdopen(descriptor, "wb") as made:
            made.writelines(blocks)
        shutil.copymode(like, name)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
