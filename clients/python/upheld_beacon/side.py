"""Reads the number of a build from the file that came beside it, `<name>.upheld.json`, or from a stamp on its own."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

LARGEST = 4 * 1024  # bytes
STAMP = "upheld-build-stamp/v1\n"


@dataclass(frozen=True)
class Stamp:
    """What a beacon has to know of its build. Whether it was signed is for the site to tell, which issued it."""

    number: str
    product: str
    version: str
    platform: str
    site: str


def beside(path: str | os.PathLike[str]) -> Stamp | None:
    """The stamp of the file at `path`, or at `path` itself; None when there is none that can be read."""
    for each in (Path(f"{os.fspath(path)}.upheld.json"), Path(path)):
        found = _read(each)
        if found:
            return found
    return None


def _read(path: Path) -> Stamp | None:
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST).decode()
        said = json.loads(text.split("\n")[1] if text.startswith(STAMP) else text)
        stamp = Stamp(*(said[name] for name in ("number", "product", "version", "platform", "site")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return stamp if all(isinstance(each, str) for each in vars(stamp).values()) else None
