"""Releases are published whole or not at all, found, and withdrawn; what is wrong with one is told beside it."""

import os
import shutil
import time
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builds.publishing import AT, CONTENT, file, release
from upheld import ledger
from upheld.builds import artefacts, feeds, releases, uploads
from upheld.builds.errors import AlreadyReleased, ReleaseUnfit, UnknownRelease, UnknownUpload
from upheld.builds.models import PLATFORMS, Release
from upheld.policy import Refused
from upheld.policy.actors import Actor
from upheld.policy.acts import Act

pytestmark = pytest.mark.django_db


def test_a_release_keeps_its_file_and_is_on_record(tmp_path: Path) -> None:
    source = file(tmp_path)
    made = release(source=source, channel="beta", notes="# New\n")
    assert (made.sha256, made.size) == (sha256(CONTENT).hexdigest(), len(CONTENT))
    assert made.sha512 == sha512(CONTENT).hexdigest()
    assert artefacts.path(made.sha256).read_bytes() == CONTENT
    assert source.exists()
    entry = ledger.Entry.objects.get(act=Act.RELEASE_PUBLISH)
    assert entry.facts["release"] == str(made.pk)
    assert (entry.facts["version"], entry.facts["channel"]) == ("1.2.3", "beta")
    assert "name" not in entry.facts


def test_a_release_may_rest_elsewhere() -> None:
    made = release()
    assert (made.address, made.sha256) == (AT["address"], AT["sha256"])
    assert not artefacts.path(made.sha256).exists()


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("product", {"product": "toaster"}),
        ("version", {"version": "1.2"}),
        ("version", {"version": "v1.2.3"}),
        ("version", {"version": "1.2.3-" + "x" * 60}),
        ("platform", {"platform": "amiga"}),
        ("channel", {"channel": "secret"}),
        ("name", {"name": "../engine.zip"}),
        ("name", {"name": ".hidden"}),
        ("name", {"name": "a b.zip"}),
        ("name", {"name": "x" * 121}),
        ("name", {"name": "name\n.zip"}),
        ("notes", {"notes": "x" * 50_001}),
        ("notes", {"notes": "a bell\x07rings"}),
        ("notes", {"notes": "no sign\ufffe of XML"}),
        ("name", {"name": "en\x00gine.zip"}),
        ("address", {"address": "https://files.example/\x1b.zip"}),
        ("signature", {"signature": "bm90IGxvbmc="}),
        ("signature", {"signature": "%%%"}),
        ("address", {"address": ""}),
        ("address", {"address": "http://files.example/engine.zip"}),
        ("address", {"address": "javascript:alert(1)"}),
        ("address", {"address": "https://somebody@files.example/engine.zip"}),
        ("address", {"address": "https://[bad/engine.zip"}),
        ("address", {"address": "https://files.example/" + "x" * 500}),
        ("sha256", {"sha256": ""}),
        ("sha256", {"sha256": "abc"}),
        ("size", {"size": 0}),
        ("size", {"size": artefacts.LARGEST + 1}),
    ],
)
def test_what_is_wrong_is_told_with_its_field(field: str, given: dict[str, Any]) -> None:
    with pytest.raises(ReleaseUnfit) as caught:
        release(**given)
    assert caught.value.field == field
    assert str(caught.value).endswith(".")
    assert not Release.objects.exists()
    assert not ledger.Entry.objects.filter(act=Act.RELEASE_PUBLISH).exists()


def test_a_file_that_is_not_the_one_that_was_meant_is_refused(tmp_path: Path) -> None:
    source = file(tmp_path)
    for given in ({"sha256": "0" * 64}, {"size": 1}):
        with pytest.raises(ReleaseUnfit):
            release(source=source, **given)
    with pytest.raises(ReleaseUnfit):
        release(source=file(tmp_path, b"", "empty.zip"))
    with pytest.raises(ReleaseUnfit):
        release(source=source, address=AT["address"])


def test_a_release_that_was_published_stays_as_it_is(tmp_path: Path) -> None:
    release(notes="first")
    with pytest.raises(AlreadyReleased, match="was published before"):
        release(notes="second", source=file(tmp_path, b"another"))
    assert Release.objects.get().notes == "first"
    assert not artefacts.path(sha256(b"another").hexdigest()).exists()


def test_a_file_that_is_missing_is_put_back_by_publishing_it_again(tmp_path: Path) -> None:
    source = file(tmp_path)
    made = release(source=source)
    artefacts.path(made.sha256).unlink()
    with pytest.raises(AlreadyReleased):
        release(source=file(tmp_path, b"another", "another.zip"))
    again = release(source=source, notes="other words")
    assert (again.pk, again.notes, Release.objects.count()) == (made.pk, made.notes, 1)
    assert artefacts.path(made.sha256).read_bytes() == CONTENT
    assert ledger.Entry.objects.filter(act=Act.RELEASE_PUBLISH).count() == 2
    with pytest.raises(AlreadyReleased):
        release(source=source)


def test_a_withdrawn_release_is_given_out_no_more_and_its_version_stays_taken() -> None:
    made = release()
    first = releases.withdraw(made, by=Actor.operator())
    again = releases.withdraw(made, by=Actor.operator())
    assert first.withdrawn_at == again.withdrawn_at
    assert ledger.Entry.objects.filter(act=Act.RELEASE_WITHDRAW).count() == 1
    assert not releases.standing().exists()
    assert releases.find(str(made.pk)) == made
    with pytest.raises(AlreadyReleased):
        release()


def test_a_release_is_found_by_its_id_and_by_its_name() -> None:
    made = release()
    assert releases.find(str(made.pk)) == made
    assert releases.find("engine@1.2.3@linux-x64") == made
    for wrong in ("", "engine", str(uuid4()), "engine@1.2.4@linux-x64", "a@b@c@d"):
        with pytest.raises(UnknownRelease):
            releases.find(wrong)


def test_the_newest_stands_first_and_one_product_by_itself() -> None:
    older, newer, other = release(), release(version="1.3.0"), release(product="browser")
    assert list(releases.standing()) == [other, newer, older]
    assert list(releases.standing("engine")) == [newer, older]


def test_neither_a_person_nor_a_member_without_the_job_publishes() -> None:
    for actor in (Actor.person(uuid4()), Actor.visitor(), Actor.staff(uuid4(), job="support")):
        with pytest.raises(Refused):
            release(by=actor)
    made = release(by=Actor.staff(uuid4(), job="products"))
    with pytest.raises(Refused):
        releases.withdraw(made, by=Actor.visitor())


def test_a_file_that_no_release_names_is_swept_after_a_day(tmp_path: Path) -> None:
    kept = release(source=file(tmp_path))
    loose = artefacts.keep(file(tmp_path, b"nobody's", "loose.zip"))
    now = artefacts.path(loose.sha256).stat().st_mtime
    assert artefacts.sweep(now + artefacts.STALE - 60) == 0
    assert artefacts.sweep(now + artefacts.STALE + 60) == 1
    assert artefacts.path(kept.sha256).exists()
    assert not artefacts.path(loose.sha256).exists()


def test_a_copy_that_was_being_stamped_an_hour_ago_is_swept() -> None:
    old, new = uploads.stamping() / "old", uploads.stamping() / "new"
    for each in (old, new):
        each.mkdir()
        (each / "engine.zip").write_bytes(CONTENT)
    hour_ago = time.time() - uploads.STAMPED - 60
    os.utime(old, (hour_ago, hour_ago))
    assert uploads.sweep() == 1
    assert (old.exists(), new.exists()) == (False, True)
    shutil.rmtree(new)
    assert uploads.stamping().stat().st_mode & 0o777 == 0o700


def test_a_piece_of_an_upload_that_is_given_up_meanwhile_is_no_fault() -> None:
    by = Actor.staff(uuid4(), job="products")
    upload = uploads.begin(name="engine.zip", size=4, by=by)

    class GivenUp:
        def read(self, size: int, /) -> bytes:
            uploads.discard(upload, by=by)
            return b"1234"

    with pytest.raises(UnknownUpload):
        uploads.add(upload, offset=0, source=GivenUp(), length=4, by=by)
    assert not uploads.path(upload).exists()


def test_five_hundred_versions_for_six_platforms_cost_a_few_queries() -> None:
    now, platforms = timezone.now(), [each for each in PLATFORMS if each != "any"]
    rows = [
        Release(product="engine", version=f"1.{minor}.{patch}", platform=platform, channel="stable", name="engine.zip",
                size=10, sha256="0" * 64, notes="Fixed a bug.", published_at=now)
        for minor in range(50) for patch in range(10) for platform in platforms
    ]  # fmt: skip
    Release.objects.bulk_create(rows, batch_size=500)
    assert len(rows) == 3000
    with CaptureQueriesContext(connection) as asked:
        assert len(list(releases.standing("engine")[:50])) == 50
        latest = feeds.latest("engine", "linux-x64", "stable")
        assert latest is not None
        assert latest.version == "1.49.9"
        assert feeds.appcast("engine", "linux-x64", "stable", site="https://localhost").count("<item>") == feeds.SHOWN
    assert len(asked) <= 5
