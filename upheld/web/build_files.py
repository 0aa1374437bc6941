"""A stamped file that somebody sends to see what its build reported: only the stamp is read, and nothing is kept."""

from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

from upheld.builds import stamps
from upheld.builds.errors import NotAStamp

LARGEST = 1024**3  # bytes


class Limited(TemporaryFileUploadHandler):
    """Puts what comes into a file that goes with the request, and never more than `LARGEST` of it."""

    is_too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > LARGEST:
            self.is_too_large = True
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)


def number_in(given: TemporaryUploadedFile) -> str:
    """Raises NotAStamp for a file without one, and for one whose stamp we did not sign; BadArtefact."""
    found = stamps.read(Path(given.temporary_file_path()))
    if found is None or not found.signed:
        raise NotAStamp("it is not signed by us")
    return found.number
