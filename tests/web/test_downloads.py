"""Downloads are for people who signed up; each is a build with a number, which they find under their account."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zipfile import ZipFile

import pytest

from tests.builds import reporting
from tests.builds.reporting import body, published
from tests.people import Person
from tests.web.conftest import Visitor
from upheld import vault
from upheld.api import forgetting
from upheld.builds import artefacts, counting, issuing, numbers, possession, releases, stamps, taking, uploads
from upheld.builds.issuing import Given, issue
from upheld.builds.limits import Daily
from upheld.builds.models import Issued, Release
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db
NOBODYS = "01890000-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def _unlimited() -> Iterator[None]:
    with reporting.unlimited():
        yield


@pytest.fixture
def release(tmp_path: Path) -> Release:
    source = tmp_path / "engine.zip"
    with ZipFile(source, "w") as archive:
        archive.writestr("engine.txt", "It runs.")
    return published_from(source, "1.2.3")


def published_from(source: Path, version: str) -> Release:
    return releases.publish(
        product="engine", version=version, platform="linux-x64", name=source.name, source=source,
        notes="Much is *new*.", by=Actor.operator(),
    )  # fmt: skip


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def make(member: Visitor, release: Release, **chosen: str) -> tuple[str, Issued]:
    page = text(member.post(f"/downloads/{release.pk}/", chosen))
    found = re.findall(r'<span class="mono">([0-9A-Z-]{29})</span>', page)
    assert len(found) == 1, page
    return found[0], Issued.objects.latest("id")


def test_visitors_are_sent_to_sign_in_and_come_back(release: Release, person: Person) -> None:
    visitor = Visitor()
    for path in ("/downloads/", "/downloads/engine/", f"/downloads/{release.pk}/", "/account/builds/"):
        assert visitor.get(path)["Location"].startswith("/sign-in/?next=")
    assert visitor.post(f"/downloads/{release.pk}/")["Location"].startswith("/sign-in/")
    assert not Issued.objects.exists()
    given = {"email": person.email, "password": person.password}
    assert visitor.post("/sign-in/?next=/downloads/engine/", given)["Location"] == "/downloads/engine/"


def test_the_newest_for_each_platform_is_offered_and_older_ones_are_listed(member: Visitor, release: Release) -> None:
    published(version="1.2.4", platform="macos-x64")
    newer = published(version="1.3.0")
    page = text(member.get("/downloads/"))
    assert "1.3.0 for linux-x64" in page
    assert "1.2.4 for macos-x64" in page
    assert "1.2.3 for linux-x64" not in page
    assert "1.2.3 for linux-x64" in text(member.get("/downloads/engine/"))
    assert "1.3.0" not in text(member.get("/downloads/engine/", {"before": str(newer.pk)}))
    for path in ("/downloads/nothing/", "/downloads/engine/?before=x", f"/downloads/engine/?before={NOBODYS}"):
        assert member.get(path).status_code == 404
    assert "Much is <em>new</em>." in text(member.get(f"/downloads/{release.pk}/"))


def test_with_nothing_published_the_page_says_so(member: Visitor) -> None:
    assert "nothing to download" in text(member.get("/downloads/"))
    assert "no build yet" in text(member.get("/account/builds/"))


def test_a_download_has_a_number_of_its_own_stamped_into_it(member: Visitor, release: Release, tmp_path: Path) -> None:
    number, row = make(member, release)
    answer = member.post(f"/account/builds/{row.pk}/file/")
    file = tmp_path / "got.zip"
    file.write_bytes(answer.getvalue())
    stamp = stamps.read(file)
    assert stamp is not None
    assert (stamp.number, stamp.signed) == (number, True)
    assert (answer["Cache-Control"], "engine.zip" in answer["Content-Disposition"]) == ("no-store", True)
    assert number in text(member.get("/account/builds/"))


def test_a_copy_is_made_in_the_instances_folder_and_gone_when_it_is_sent(member: Visitor, release: Release) -> None:
    _, row = make(member, release)
    made: list[Path] = []

    def note(given: Given, folder: Path) -> Path:
        made.append(folder)
        return stamped(given, folder)

    stamped = issuing.stamped
    with patch.object(issuing, "stamped", note):
        member.post(f"/account/builds/{row.pk}/file/").close()
    assert made[0].parent == uploads.stamping()
    assert not made[0].exists()


def test_where_no_number_fits_into_the_file_it_lies_beside_it_in_a_zip(member: Visitor, tmp_path: Path) -> None:
    source = tmp_path / "engine.bin"
    source.write_bytes(b"no format that is known")
    _, row = make(member, published_from(source, "2.0.0"))
    answer = member.post(f"/account/builds/{row.pk}/file/")
    with ZipFile(io.BytesIO(answer.getvalue())) as archive:
        assert archive.namelist() == ["engine.bin", "engine.bin.upheld.json"]
        assert archive.read("engine.bin") == b"no format that is known"


def test_a_release_that_is_withdrawn_is_not_given(member: Visitor, release: Release) -> None:
    _, row = make(member, release)
    releases.withdraw(release, by=Actor.operator())
    assert member.post(f"/downloads/{release.pk}/").status_code == 410
    assert member.post(f"/account/builds/{row.pk}/file/").status_code == 410
    assert member.get(f"/account/builds/{row.pk}/").status_code == 200


def test_a_file_that_is_elsewhere_is_linked_to(member: Visitor) -> None:
    elsewhere = releases.publish(
        product="engine", version="1.0.0", platform="any", name="a.zip", address="https://files.example/a.zip",
        sha256="0" * 64, size=5, by=Actor.operator(),
    )  # fmt: skip
    assert "https://files.example/a.zip" in text(member.post(f"/downloads/{elsewhere.pk}/"))
    row = Issued.objects.get()
    assert member.post(f"/account/builds/{row.pk}/file/").status_code == 410


def test_the_build_that_they_have_is_offered_before_another(member: Visitor, release: Release) -> None:
    number, _ = make(member, release)
    assert make(member, release)[0] == number
    assert "You had this build before" in text(member.post(f"/downloads/{release.pk}/"))
    assert Issued.objects.count() == 1
    for _ in range(4):
        assert make(member, release, another="yes")[0] != number
    refused = member.post(f"/downloads/{release.pk}/", {"another": "yes"})
    assert (refused.status_code, "An account gets 5 builds in 30 days" in text(refused)) == (429, True)
    assert make(member, release)[0]


def test_no_build_is_made_of_a_release_whose_file_is_missing(member: Visitor, release: Release) -> None:
    artefacts.path(release.sha256).unlink()
    refused = member.post(f"/downloads/{release.pk}/")
    assert (refused.status_code, "is missing" in text(refused)) == (410, True)
    assert not Issued.objects.exists()


def test_what_an_own_build_reported_is_seen_stopped_and_deleted(member: Visitor, release: Release) -> None:
    number, row = make(member, release)
    taking.take(body(number))
    counting.count_due()
    page = f"/account/builds/{row.pk}/"
    assert "display webvr 1, start 3" in text(member.get(page))
    for what, said in (("stop", "This build is stopped."), ("delete", "reported is deleted.")):
        assert "?</h1>" in text(member.get(f"{page}{what}/"))
        assert said in text(member.post(f"{page}{what}/", {"sure": "yes"}, follow=True))
    seen = possession.see(numbers.read(number))
    assert (seen.days, seen.stopped) == ((), True)


def test_what_an_own_build_reported_is_deleted_some_times_a_day_alone(member: Visitor, release: Release) -> None:
    _, row = make(member, release)
    with patch.object(forgetting, "_daily", Daily(1)):
        answers = [member.post(f"/account/builds/{row.pk}/delete/").status_code for _ in range(2)]
    assert answers == [302, 429]


def test_what_was_handed_on_is_listed_and_never_what_it_reported(member: Visitor, release: Release) -> None:
    number, row = make(member, release, handed_on="yes")
    taking.take(body(number))
    counting.count_due()
    page = text(member.get(f"/account/builds/{row.pk}/"))
    assert number in page
    assert "start 3" not in page
    for what in ("stop", "delete"):
        assert member.post(f"/account/builds/{row.pk}/{what}/").status_code == 404
    assert len(possession.see(numbers.read(number)).days) == 1


def test_nobody_reaches_another_persons_build(person: Person, member: Visitor, release: Release) -> None:
    row = issue(release, to=person.subject, by=person.me).row
    Issued.objects.update(subject=vault.new_subject())
    for path in ("", "stop/", "delete/"):
        assert member.get(f"/account/builds/{row.pk}/{path}").status_code == 404
    assert member.post(f"/account/builds/{row.pk}/file/").status_code == 404
