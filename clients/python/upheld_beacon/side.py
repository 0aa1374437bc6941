"""Reads the number of a build from the file that came beside it: `<name>.upheld.json`."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

LARGEST = 4 * 1024  # bytes


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
            said = json.loads(file.read(LARGEST))
        told = json.loads(said["payload"]) if isinstance(said.get("payload"), str) else said.get("payload", said)
        stamp = Stamp(*(told[name] for name in ("number", "product", "version", "platform", "site")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return stamp if all(isinstance(each, str) for each in vars(stamp).values()) else None
