"""A ZIP that is sent while it is made (APPNOTE 6.3.10, 4.3.9: sizes stand after what they are of). Without its last
bytes, which only `end` gives, no program takes it for a whole one."""

import zipfile
from collections.abc import Iterable, Iterator

from django.utils import timezone

CHUNK = 64 * 1024  # bytes that are worth sending


class Zipped:
    """`is_large`: a member may grow over two gigabytes, which the oldest programs cannot read (ZIP64)."""

    def __init__(self, *, is_large: bool = False) -> None:
        self._out, self._is_large = _Outlet(), is_large
        self._zip = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]  # needs `write` alone

    def member(self, name: str, pieces: Iterable[str | bytes]) -> Iterator[bytes]:
        info = zipfile.ZipInfo(name, timezone.now().timetuple()[:6])
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        with self._zip.open(info, "w", force_zip64=self._is_large) as member:
            for piece in pieces:
                member.write(piece.encode() if isinstance(piece, str) else piece)
                if self._out.size >= CHUNK:
                    yield self._out.take()

    def rest(self) -> bytes:
        """What was written and not sent yet."""
        return self._out.take()

    def end(self) -> bytes:
        """The list of members."""
        self._zip.close()
        return self._out.take()


class _Outlet:
    """Takes what is written, until it is sent. Cannot seek, and says so by having no `tell`."""

    def __init__(self) -> None:
        self._parts = bytearray()

    @property
    def size(self) -> int:
        return len(self._parts)

    def write(self, data: bytes) -> int:
        self._parts += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def take(self) -> bytes:
        taken, self._parts = bytes(self._parts), bytearray()
        return taken
