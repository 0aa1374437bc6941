"""What was read once and is needed again in another form, apart from memory: in a file without a name, sealed with a
key that only this process has and that ends with it. Nobody else can open it, and a crash leaves nothing."""

import json
import os
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

IN_MEMORY = 1024 * 1024  # bytes, before there is a file at all
_NONCE = 12

Page = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Kept:
    name: str
    at: int
    size: int
    rows: int


class Spool:
    """Pages of plain values by name, in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(folder))  # noqa: SIM115 - closed by `close`
        self._key, self._kept, self._end = AESGCM(AESGCM.generate_key(256)), list[_Kept](), 0

    def keep(self, name: str, page: Page) -> None:
        nonce = len(self._kept).to_bytes(_NONCE, "big")  # never twice: the key is this spool's alone
        sealed = self._key.encrypt(nonce, zlib.compress(json.dumps(page).encode(), 1), name.encode())
        self._file.seek(0, os.SEEK_END)
        self._file.write(sealed)
        self._kept.append(_Kept(name, self._end, len(sealed), len(page)))
        self._end += len(sealed)

    def read(self, name: str, *, backwards: bool = False, skip: int = 0) -> Iterator[Page]:
        """The pages of this name, but for the first `skip` rows; backwards, the last page and in it the last row first.
        None is empty."""
        numbers = [number for number, kept in enumerate(self._kept) if kept.name == name]
        for number in reversed(numbers) if backwards else numbers:
            kept = self._kept[number]
            if kept.rows <= skip:
                skip -= kept.rows
                continue
            self._file.seek(kept.at)
            sealed = self._key.decrypt(number.to_bytes(_NONCE, "big"), self._file.read(kept.size), name.encode())
            page: Page = json.loads(zlib.decompress(sealed))
            yield (page[::-1] if backwards else page)[skip:]
            skip = 0

    def names(self) -> list[str]:
        return list(dict.fromkeys(kept.name for kept in self._kept))

    def count(self, name: str) -> int:
        return sum(kept.rows for kept in self._kept if kept.name == name)

    def close(self) -> None:
        self._file.close()
