"""A file that is to be stamped, read in small bounded parts; and the pieces of which its stamped copy is made."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from upheld.builds.errors import BadArtefact

Piece = bytes | range
"""Bytes as they are, or the places in the source that are copied."""
BLOCK = 1 << 20


class Unsuitable(Exception):
    """This format, or this file, holds no stamp safely; the text says why. A side file does."""


class Artefact:
    """An open file. Every read names its place and length, and one that leads outside the file is refused."""

    def __init__(self, path: Path) -> None:
        """Raises BadArtefact for what is no ordinary file, which could block for ever; OSError."""
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise BadArtefact("This is no ordinary file.")
        self.file: BinaryIO = os.fdopen(descriptor, "rb")
        self.size = os.fstat(descriptor).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.file.close()

    def at(self, offset: int, length: int) -> bytes:
        """Exactly these bytes. Raises Unsuitable when the file has no such place; keep `length` small."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Unsuitable("an offset leads out of the file")
        self.file.seek(offset)
        found = self.file.read(length)
        if len(found) != length:
            raise BadArtefact("The file was changed while it was read.")
        return found

    def end(self, most: int, before: int | None = None) -> bytes:
        """The last bytes of the file, or those before a place: at most so many."""
        stop = self.size if before is None else before
        return self.at(max(0, stop - most), min(stop, most))

    def blocks(self, pieces: Sequence[Piece]) -> Iterator[bytes]:
        """What the pieces amount to, in blocks of at most `BLOCK` bytes."""
        for piece in pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            for start in range(piece.start, piece.stop, BLOCK):
                yield self.at(start, min(BLOCK, piece.stop - start))
