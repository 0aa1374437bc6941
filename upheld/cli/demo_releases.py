"""The demonstration's releases: a year of three products, each file a real archive with little in it.

Everything is published by the verb that the desk and `upheld release` call. Only the days of publication are moved to
where the year has them.
"""

import io
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from upheld.builds.models import Release

YEAR = 364  # days before the last one
NOTES = "Invented for the demonstration."


@dataclass(frozen=True)
class Line:
    """A product's releases: the first version, how many, how many days apart, and for which platforms."""

    product: str
    first: tuple[int, int]
    count: int
    apart: int
    platforms: tuple[str, ...]
    new_minor: int = 4  # every so many releases, else a patch


LINES = (
    Line("engine", (0, 8), 24, 15, ("windows-x64", "macos-x64", "linux-x64", "linux-arm64", "magicleap")),
    Line("browser", (2, 1), 20, 18, ("windows-x64", "macos-x64", "linux-x64", "oculus-mobile"), new_minor=3),
    Line("exoport", (1, 0), 16, 22, ("any",), new_minor=2),
)


@dataclass(frozen=True)
class Version:
    """One of a product's versions, and the day of the year, counted from none, on which it came out."""

    product: str
    name: str
    day: int
    platforms: tuple[str, ...]


def versions(products: tuple[str, ...]) -> Mapping[str, list[Version]]:
    """By product, oldest first; of these products only."""
    return {line.product: list(_versions(line)) for line in LINES if line.product in products}


def publish_all(last: date) -> int:
    """What is missing of a year that ends on this day. Returns how many releases that was."""
    from upheld.builds.models import Release
    from upheld.policy import force

    known = set(Release.objects.values_list("product", "version", "platform"))
    made = 0
    with tempfile.TemporaryDirectory() as folder:
        for each in versions(force.in_force().products).values():
            for version in each:
                for platform in version.platforms:
                    if (version.product, version.name, platform) not in known:
                        _publish(version, platform, day=last - timedelta(days=YEAR - version.day), folder=Path(folder))
                        made += 1
    return made


def _publish(version: Version, platform: str, *, day: date, folder: Path) -> "Release":
    from upheld.builds import releases
    from upheld.builds.models import Release
    from upheld.policy.actors import Actor

    source = _archive(version, platform, folder)
    release = releases.publish(
        product=version.product, version=version.name, platform=platform, name=source.name, source=source,
        notes=NOTES, by=Actor.operator(),
    )  # fmt: skip
    at = datetime.combine(day, time(9), UTC)
    Release.objects.filter(pk=release.pk).update(published_at=at)  # where the year has it
    return release


def _versions(line: Line) -> Iterator[Version]:
    major, minor = line.first
    patch = 0
    for n in range(line.count):
        if n and n % line.new_minor == 0:
            minor, patch = minor + 1, 0
        yield Version(line.product, f"{major}.{minor}.{patch}", n * line.apart, line.platforms)
        patch += 1


def _archive(version: Version, platform: str, folder: Path) -> Path:
    """A zip for Windows and for all, else a tar.gz; with a readable text in it."""
    name = f"{version.product}-{version.name}-{platform}"
    text = f"{version.product} {version.name} for {platform}. {NOTES}\n".encode()
    if platform in ("windows-x64", "any"):
        path = folder / f"{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("README.txt", text)
        return path
    path = folder / f"{name}.tar.gz"
    with tarfile.open(path, "w:gz") as packed_too:
        entry = tarfile.TarInfo("README.txt")
        entry.size = len(text)
        packed_too.addfile(entry, io.BytesIO(text))
    return path
