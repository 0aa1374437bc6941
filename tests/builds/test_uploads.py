"""A file arrives in pieces, whatever breaks off, comes twice, or comes wrong."""

import fcntl
import io
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from upheld import ledger
from upheld.builds import artefacts, uploads
from upheld.builds.errors import Misheard, UnknownUpload, UploadBusy, UploadRefused, WrongOffset
from upheld.builds.models import Upload
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db

BY = Actor.staff(uuid4(), job="products")
WHOLE = bytes(range(256)) * 10


class Breaks(io.BytesIO):
    """A connection that breaks off once it is read to its end."""

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ConnectionError
        return piece


@pytest.fixture
def upload() -> Upload:
    return uploads.begin(name="engine.zip", size=len(WHOLE), by=BY)


def add(upload: Upload, offset: int, piece: bytes, **given: Any) -> Upload:
    return uploads.add(
        upload, **{"offset": offset, "source": io.BytesIO(piece), "length": len(piece), "by": BY, **given}
    )


def test_pieces_become_the_file(upload: Upload) -> None:
    assert add(upload, 0, WHOLE[:1000]).received == 1000
    assert add(upload, 1000, WHOLE[1000:]).received == len(WHOLE)
    assert uploads.path(upload).read_bytes() == WHOLE
    said = [entry.facts["what"] for entry in ledger.Entry.objects.filter(act=Act.ARTEFACT_KEEP).order_by("id")]
    assert said == ["begun", "received"]


def test_what_came_of_a_piece_that_broke_off_is_kept(upload: Upload) -> None:
    with pytest.raises(ConnectionError):
        add(upload, 0, b"", source=Breaks(WHOLE[:300]), length=1000)
    assert uploads.find(upload.pk, by=BY).received == 300
    assert add(upload, 300, WHOLE[300:]).received == len(WHOLE)
    assert uploads.path(upload).read_bytes() == WHOLE


def test_a_piece_with_a_checksum_counts_whole_or_not_at_all(upload: Upload) -> None:
    right = uploads.Checksum("sha256", sha256(WHOLE[:100]).digest())
    assert add(upload, 0, WHOLE[:100], checksum=right).received == 100
    with pytest.raises(Misheard):
        add(upload, 100, WHOLE[100:200], checksum=right)
    with pytest.raises(ConnectionError):
        add(upload, 100, b"", source=Breaks(WHOLE[100:150]), length=100, checksum=right)
    with pytest.raises(Misheard):
        add(upload, 100, WHOLE[100:150], length=100, checksum=right)
    assert uploads.find(upload.pk, by=BY).received == 100
    assert uploads.path(upload).read_bytes() == WHOLE[:100]


def test_a_piece_goes_on_where_the_last_one_ended(upload: Upload) -> None:
    add(upload, 0, WHOLE[:100])
    for offset in (0, 99, 101, -1):
        with pytest.raises(WrongOffset, match="There are 100 bytes by now"):
            add(upload, offset, b"x")
    assert uploads.path(upload).read_bytes() == WHOLE[:100]


def test_more_than_was_announced_is_refused(upload: Upload) -> None:
    with pytest.raises(UploadRefused, match="more than the 2560 bytes"):
        add(upload, 0, WHOLE + b"x")
    assert uploads.find(upload.pk, by=BY).received == 0


def test_bytes_that_a_death_left_behind_do_not_count(upload: Upload) -> None:
    add(upload, 0, WHOLE[:100])
    with uploads.path(upload).open("ab") as file:
        file.write(b"written, and nobody said so")
    add(upload, 100, WHOLE[100:])
    assert uploads.path(upload).read_bytes() == WHOLE


def test_two_never_write_at_once(upload: Upload) -> None:
    with uploads.path(upload).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(UploadBusy):
            add(upload, 0, WHOLE)


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", ".x", "x" * 121, "x\0"])
def test_a_name_that_is_no_files_is_refused(name: str) -> None:
    with pytest.raises(UploadRefused):
        uploads.begin(name=name, size=1, by=BY)


@pytest.mark.parametrize("size", [0, -1, artefacts.LARGEST + 1])
def test_a_size_that_is_no_files_is_refused(size: int) -> None:
    with pytest.raises(UploadRefused):
        uploads.begin(name="x", size=size, by=BY)


def test_an_upload_is_its_members_own(upload: Upload) -> None:
    other = Actor.staff(uuid4(), job="products")
    with pytest.raises(UnknownUpload):
        uploads.find(upload.pk, by=other)
    with pytest.raises(UnknownUpload):
        add(upload, 0, WHOLE, by=other)
    with pytest.raises(Refused):
        add(upload, 0, WHOLE, by=Actor.visitor())
    with pytest.raises(Refused):
        uploads.begin(name="x", size=1, by=Actor.staff(uuid4(), job="support"))


def test_what_is_not_wanted_goes_and_so_does_what_is_a_day_old(upload: Upload) -> None:
    add(upload, 0, WHOLE)
    uploads.discard(upload, by=BY)
    assert not uploads.path(upload).exists()
    second = uploads.begin(name="x", size=5, by=BY)
    add(second, 0, b"12345")
    assert uploads.sweep(timezone.now() + timedelta(hours=23)) == 0
    assert uploads.sweep(timezone.now() + timedelta(hours=25)) == 1
    assert not uploads.path(second).exists()
    assert not Upload.objects.exists()


def test_the_folder_of_releases_holds_no_half_file(tmp_path: Path) -> None:
    """A copy that breaks off leaves nothing under a digest."""
    with pytest.raises(FileNotFoundError):
        artefacts.keep(tmp_path / "gone")
    assert not [each for each in artefacts.folder().iterdir() if each.is_file()]
