"""A stamped file that somebody sends to see what its build reported: only the stamp is read, and nothing is kept."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from upheld.builds import stamps
from upheld.builds.errors import NotAStamp

LARGEST = 1024**3  # bytes of a file
AROUND = 64 * 1024  # bytes of a request that are no file
NAME = "build"  # for whatever comes: a name that somebody sent may be longer than a disk takes
TOO_LARGE = "This file is too large to be looked at here. Type its number, or run: upheld build read FILE"
ONE_ALONE = "Choose one file alone."
NO_FILE = "No file belongs here. Give the number once more, and use the buttons of its page."


class Bounded(FileUploadHandler):
    """Reads nothing of a request that says of itself that it is too large. `wrong` is a sentence once it is."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.most, self.wrong = AROUND, ""

    def handle_raw_input(
        self, input_data: Any, meta: dict[str, str], content_length: int, *_: object
    ) -> "tuple[QueryDict, MultiValueDict[str, UploadedFile[bytes]]] | None":
        if content_length <= self.most:
            return None
        self.wrong = TOO_LARGE
        return QueryDict(), MultiValueDict()

    def refuse(self, sentence: str) -> StopUpload:
        self.wrong = sentence
        return StopUpload(connection_reset=True)


class One(Bounded, TemporaryFileUploadHandler):
    """Puts one file into one that goes with the request, and never more than `LARGEST` bytes of it."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.most, self._received, self._files = LARGEST + AROUND, 0, 0

    def new_file(self, field_name: str, file_name: str, *args: Any, **options: Any) -> None:
        self._files += 1
        if self._files > 1:
            raise self.refuse(ONE_ALONE)
        super().new_file(field_name, NAME, *args, **options)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._received += len(raw_data)
        if self._received > LARGEST:
            raise self.refuse(TOO_LARGE)
        super().receive_data_chunk(raw_data, start)


class NoFile(Bounded):
    """For a form that has none."""

    def new_file(self, *args: Any, **options: Any) -> None:
        raise self.refuse(NO_FILE)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        raise self.refuse(NO_FILE)

    def file_complete(self, file_size: int) -> None:
        """Nothing of it is here."""


def number_in(given: TemporaryUploadedFile) -> str:
    """Raises NotAStamp for a file without one, and for one whose stamp we did not sign; BadArtefact."""
    found = stamps.read(Path(given.temporary_file_path()))
    if found is None or not found.signed:
        raise NotAStamp("it is not signed by us")
    return found.number
