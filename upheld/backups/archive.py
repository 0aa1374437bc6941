"""What is inside a sealed backup: a tar, made and read in one go, each member of one MiB at most (docs/spec/backup.md).

Its last member is signed with the ledger's key and holds the digest of all others, so that nobody else can make one.
"""

import hashlib
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from upheld.backups.errors import Damaged
from upheld.backups.manifest import FORMAT, Manifest
from upheld.ledger.errors import BadNote
from upheld.ledger.notes import Signer, Verifier, open_note

BLOCK = 512  # bytes, to which members are filled up
LARGEST = 1 << 20
END = "end"
Member = tuple[str, bytes]


def cut(name: str, parts: Iterator[bytes]) -> Iterator[Member]:
    """A stream as members `name/000000`, `name/000001` and so on."""
    number, held = 0, bytearray()
    for part in parts:
        held += part
        while len(held) >= LARGEST:
            yield f"{name}/{number:06}", bytes(held[:LARGEST])
            del held[:LARGEST]
            number += 1
    if held or not number:
        yield f"{name}/{number:06}", bytes(held)


def packed(manifest: Manifest, members: Iterator[Member], signer: Signer) -> Iterator[bytes]:
    """The tar, with the manifest first and the signed end last."""
    digest = hashlib.sha256()
    yield from _member("manifest.json", manifest.packed(), digest)
    for name, content in members:
        yield from _member(name, content, digest)
    yield from _member(END, signer.sign(_ending(manifest, digest.hexdigest())).encode(), digest)
    yield bytes(2 * BLOCK)


def unpacked(stream: BinaryIO, path: Path) -> Iterator[Member]:
    """Its members, in order. Raises Damaged for what is no such tar."""
    try:
        with tarfile.open(fileobj=stream, mode="r|", bufsize=LARGEST) as tar:
            for each in tar:
                file = tar.extractfile(each)
                if file is None or each.size > 16 * LARGEST:
                    raise Damaged(path, "it holds something else than small files")
                yield each.name, file.read()
    except tarfile.TarError as error:
        raise Damaged(path, error) from None


class Checker:
    """Takes the members as they come, and at the end says whether they are those that were signed."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._path, self._manifest = path, manifest
        self._digest = hashlib.sha256()
        _count(self._digest, "manifest.json", manifest.packed())
        self._end = ""

    def take(self, name: str, content: bytes) -> None:
        if self._end:
            raise Damaged(self._path, "something follows its end")
        if name == END:
            self._end = content.decode("utf-8", "replace")
        else:
            _count(self._digest, name, content)

    def check(self, verifier: Verifier) -> None:
        """Raises Damaged."""
        try:
            text = open_note(self._end, verifier)
        except BadNote as error:
            raise Damaged(self._path, error) from None
        if text != _ending(self._manifest, self._digest.hexdigest()):
            raise Damaged(self._path, "it does not hold what was signed")


def _ending(manifest: Manifest, digest: str) -> str:
    return f"{FORMAT}\n{manifest.origin}\n{manifest.kind} {manifest.made}\n{digest}\n"


def _member(name: str, content: bytes, digest: "hashlib._Hash") -> Iterator[bytes]:
    _count(digest, name, content)
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    yield info.tobuf(tarfile.USTAR_FORMAT)
    yield content
    yield bytes(-len(content) % BLOCK)


def _count(digest: "hashlib._Hash", name: str, content: bytes) -> None:
    digest.update(f"{name}\0{len(content)}\0".encode())
    digest.update(content)
