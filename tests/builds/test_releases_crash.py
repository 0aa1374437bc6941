"""Publishing and taking a piece are killed before each of their steps: nothing half is ever given out or counted."""

import io
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from tests.builds.publishing import CONTENT, file, release
from tests.crash import kill_at_each_step
from upheld import ledger
from upheld.builds import artefacts, uploads
from upheld.builds.models import Release, Upload
from upheld.home import Home
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

BY = Actor.staff(UUID(int=7), job="products")
HALF = len(CONTENT) // 2


def a_file() -> None:
    file(Home.here().folder)


def publish() -> None:
    release(source=Home.here().folder / "engine.zip")


def files() -> list[Path]:
    return [each for each in artefacts.folder().iterdir() if each.is_file()]


def published_whole_or_not_at_all() -> None:
    for kept in files():
        if not kept.name.startswith(artefacts.BEFORE):
            assert sha256(kept.read_bytes()).hexdigest() == kept.name
    count = Release.objects.count()
    assert ledger.Entry.objects.filter(act=Act.RELEASE_PUBLISH).count() == count
    if count:
        assert artefacts.path(Release.objects.get().sha256).read_bytes() == CONTENT
    else:
        publish()
        assert Release.objects.count() == 1
    assert artefacts.sweep(artefacts.path(Release.objects.get().sha256).stat().st_mtime + 2 * artefacts.STALE) <= 1
    assert [each.name for each in files()] == [Release.objects.get().sha256]


def half_a_file() -> None:
    made = uploads.begin(name="engine.zip", size=len(CONTENT), by=BY)
    uploads.add(made, offset=0, source=io.BytesIO(CONTENT[:HALF]), length=HALF, by=BY)


def the_rest() -> None:
    made = Upload.objects.get()
    at = made.received
    uploads.add(made, offset=at, source=io.BytesIO(CONTENT[at:]), length=len(CONTENT) - at, by=BY)


def it_goes_on_and_is_whole() -> None:
    made = Upload.objects.get()
    assert made.received in (HALF, len(CONTENT))
    if made.received == HALF:
        the_rest()
    assert uploads.path(made).read_bytes() == CONTENT
    received = [each for each in ledger.Entry.objects.filter(act=Act.ARTEFACT_KEEP) if each.facts["what"] == "received"]
    assert len(received) == 1


def test_publishing_survives_a_crash_anywhere() -> None:
    assert kill_at_each_step(publish, before=a_file, check=published_whole_or_not_at_all) >= 4


def test_a_piece_survives_a_crash_anywhere() -> None:
    assert kill_at_each_step(the_rest, before=half_a_file, check=it_goes_on_and_is_whole) >= 3
