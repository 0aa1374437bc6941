"""Which policy holds today: the folder of published versions, and the one in force among them.

A version is a file `DATE-DIGEST.md`: the date from which it holds, and the first 16 hexadecimal digits of the
SHA-256 of its bytes. A file once there is never changed, replaced or removed, so old versions stay resolvable.
"""

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from upheld.policy.document import Policy
from upheld.policy.errors import AlreadyHeld, NotConfigured, NothingPublished, Tampered, Unexpected
from upheld.policy.loader import load

_NAME = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{16}\.md")
Signature = tuple[tuple[str, int, int, int], ...]


class Published:
    """The versions in one folder. What it returns is as fresh as the folder, whoever changed that."""

    def __init__(self, directory: str | Path) -> None:
        self.directory = Path(directory)
        self._seen: Signature = ()
        self._versions: tuple[Policy, ...] = ()

    def versions(self) -> list[Policy]:
        """Every version published, by the date from which it holds. Raises PolicyError for any other file."""
        seen = self._signature()
        if seen != self._seen:
            found = [self._read(self.directory / name) for name, *_ in seen]
            self._versions, self._seen = tuple(sorted(found, key=lambda policy: policy.effective)), seen
        return list(self._versions)

    def in_force(self, on: date | None = None) -> Policy:
        """The latest version that holds on that day (UTC's today), or the first when none holds yet.

        Raises NothingPublished when there is no version at all.
        """
        versions = self.versions()
        if not versions:
            raise NothingPublished(directory=self.directory)
        day = on or datetime.now(UTC).date()
        return next((each for each in reversed(versions) if each.effective <= day), versions[0])

    def add(self, policy: Policy) -> Path:
        """Publish a version, and return its file; the same bytes again change nothing.

        Raises AlreadyHeld when a version of the same or a later date is there: history only grows at its end.
        """
        path = self.directory / f"{policy.effective}-{policy.digest[:16]}.md"
        versions = self.versions()
        if policy in versions:
            return path
        if versions and versions[-1].effective >= policy.effective:
            newest = versions[-1]
            raise AlreadyHeld(effective=newest.effective, file=f"{newest.effective}-{newest.digest[:16]}.md")
        self._write(path, policy.text)
        return path

    def _signature(self) -> Signature:
        try:
            with os.scandir(self.directory) as entries:
                files = [entry for entry in entries if not entry.name.startswith(".")]
                stats = [(each.name, each.stat()) for each in files]
        except FileNotFoundError:
            return ()
        return tuple(sorted((name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in stats))

    def _read(self, path: Path) -> Policy:
        if not _NAME.fullmatch(path.name):
            raise Unexpected(file=path)
        policy = load(path)
        if path.name != f"{policy.effective}-{policy.digest[:16]}.md":
            raise Tampered(file=path, digest=policy.digest[:16])
        return policy

    def _write(self, path: Path, text: bytes) -> None:
        """All of the file or none, and never over another: a link fails where a rename would replace."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self.directory, prefix=".new-") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), 0o644)  # the policy is public
            os.fsync(file.fileno())
            os.link(file.name, path)
        folder = os.open(self.directory, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


_published: list[Published] = []


def configure(directory: str | Path) -> Published:
    """Name the folder whose policy this process enforces."""
    _published[:] = [Published(directory)]
    return _published[0]


def in_force() -> Policy:
    """The policy that holds now. Raises PolicyError when there is none, or the folder holds anything else."""
    return published().in_force()


def published() -> Published:
    """The configured folder of versions. Raises NotConfigured."""
    if not _published:
        raise NotConfigured
    return _published[0]
