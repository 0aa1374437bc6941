"""Releases for tests, published as they are."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from upheld.builds import releases
from upheld.builds.models import Release
from upheld.policy.actors import Actor

OPERATOR = Actor.operator()
CONTENT = b"the program's bytes" * 100
AT = {"address": "https://files.example/engine.zip", "sha256": sha256(CONTENT).hexdigest(), "size": len(CONTENT)}


def file(folder: Path, content: bytes = CONTENT, name: str = "engine.zip") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def release(**given: Any) -> Release:
    """One at an address, unless a source is given."""
    where: dict[str, Any] = {} if "source" in given else AT
    words: dict[str, Any] = {
        "product": "engine",
        "version": "1.2.3",
        "platform": "linux-x64",
        "name": "engine.zip",
        "by": OPERATOR,
    }
    return releases.publish(**words | where | given)
