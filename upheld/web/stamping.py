"""A stamped file on its way to a browser: made in a folder that nobody else can open, and gone before it is sent.

What a process leaves there that is killed over it is swept (upheld.builds.uploads).
"""

import tempfile
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, ZipFile

from django.http import FileResponse

from upheld.builds import issuing, stamps, uploads
from upheld.builds.issuing import Given


def stamped(given: Given) -> FileResponse:
    """The file with its number in it; a zip of two where the number stands in a file beside it. Raises NotKeptHere."""
    with tempfile.TemporaryDirectory(dir=uploads.stamping()) as folder:
        made = issuing.stamped(given, Path(folder))
        beside = stamps.side_of(made)
        name, file = (f"{made.name}.zip", _both(made, beside)) if beside.exists() else (made.name, made.open("rb"))
    # A proxy that gathers the whole before it passes anything on would keep a copy of it.
    return FileResponse(file, as_attachment=True, filename=name, headers={"X-Accel-Buffering": "no"})


def _both(made: Path, beside: Path) -> IO[bytes]:
    """Stored as they are: most releases are packed already."""
    file = tempfile.TemporaryFile(dir=made.parent)  # noqa: SIM115 - whoever sends it closes it
    with ZipFile(file, "w", ZIP_STORED) as archive:
        archive.write(made, made.name)
        archive.write(beside, beside.name)
    file.seek(0)
    return file
