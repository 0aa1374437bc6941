"""Releases at the desk: listed, published by whichever way the file comes, withdrawn; with what is wrong beside it."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.builds.publishing import AT, CONTENT, release
from tests.web.conftest import Visitor
from tests.working import at_the_desk, member
from upheld import ledger
from upheld.builds import artefacts
from upheld.builds.models import Release, Upload
from upheld.policy.acts import Act

WORDS = {"product": "engine", "version": "1.4.0", "platform": "linux-x64", "channel": "stable", "notes": "Better.",
         "upload": "", "address": "", "name": "", "sha256": "", "size": "", "signature": ""}  # fmt: skip
TUS: dict[str, Any] = {"HTTP_TUS_RESUMABLE": "1.0.0"}
PIECE = "application/offset+octet-stream"


@pytest.fixture
def browser(db: None) -> Visitor:
    found = at_the_desk(member("products"), Visitor())
    assert isinstance(found, Visitor)
    return found


def text(answer: Any) -> str:
    return str(answer.content.decode())


def begin(browser: Visitor, size: object = len(CONTENT), name: str = "engine.zip") -> Any:
    named = f"filename {b64encode(name.encode()).decode()}"
    said: dict[str, Any] = {"HTTP_UPLOAD_LENGTH": str(size), "HTTP_UPLOAD_METADATA": named}
    return browser.post("/desk/uploads/", **TUS, **said)


def send(browser: Visitor, address: str, offset: object, piece: bytes, **said: str) -> Any:
    given: dict[str, Any] = {**TUS, "HTTP_UPLOAD_OFFSET": str(offset), **said}
    return browser.patch(address, piece, content_type=said.pop("type", PIECE), **given)


def whole(browser: Visitor) -> str:
    address: str = begin(browser)["Location"]
    assert send(browser, address, 0, CONTENT[:100])["Upload-Offset"] == "100"
    assert browser.head(address)["Upload-Offset"] == "100"
    assert send(browser, address, 100, CONTENT[100:])["Upload-Offset"] == str(len(CONTENT))
    return address


def test_a_file_that_came_in_pieces_is_published(browser: Visitor) -> None:
    id = whole(browser).split("/")[-2]
    assert "engine.zip" in text(browser.get("/desk/releases/new/"))
    answer = browser.post("/desk/releases/publish/", WORDS | {"upload": id}, follow=True)
    assert "engine 1.4.0 for linux-x64 is published." in text(answer)
    made = Release.objects.get()
    assert (made.sha256, made.name) == (sha256(CONTENT).hexdigest(), "engine.zip")
    assert artefacts.path(made.sha256).read_bytes() == CONTENT
    assert not Upload.objects.exists()


def test_without_javascript_the_form_sends_the_file(browser: Visitor) -> None:
    file = SimpleUploadedFile("engine.zip", CONTENT)
    browser.post("/desk/releases/publish/", WORDS | {"file": file})
    made = Release.objects.get()
    assert artefacts.path(made.sha256).read_bytes() == CONTENT
    by = ledger.Entry.objects.get(act=Act.RELEASE_PUBLISH).by
    assert by["job"] == "products"


def test_a_release_may_rest_elsewhere(browser: Visitor) -> None:
    browser.post("/desk/releases/publish/", WORDS | {"name": "engine.zip"} | {k: str(v) for k, v in AT.items()})
    assert Release.objects.get().address == AT["address"]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("version", "1.4", "Write the version as Semantic Versioning has it"),
        ("version", "", "Give a version such as 1.4.0."),
        ("version", "1.2.3", "was published before"),
        ("product", "toaster", "Choose one of those listed."),
        ("platform", "amiga", "Choose one of those listed."),
        ("name", "a b", "Name the file with letters"),
        ("address", "http://files.example/x", "Give an address like"),
        ("sha256", "abc", "64 hexadecimal digits"),
        ("size", "-1", "Give one or more."),
        ("upload", "0192f0c1-0000-7000-8000-000000000000", "Choose one of those listed."),
        ("signature", "abc", "64 bytes in Base64"),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_what_was_typed_stays(
    browser: Visitor, field: str, typed: str, sentence: str
) -> None:
    release()
    given = WORDS | {"name": "engine.zip"} | {k: str(v) for k, v in AT.items()}
    answer = browser.post("/desk/releases/publish/", given | {field: typed})
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors[field])
    assert "Better." in text(answer)
    assert Release.objects.count() == 1


def test_one_file_is_given_and_not_two(browser: Visitor) -> None:
    given = WORDS | {"file": SimpleUploadedFile("engine.zip", CONTENT), "address": str(AT["address"])}
    assert "Give one file" in text(browser.post("/desk/releases/publish/", given))
    assert "Give one file" in text(browser.post("/desk/releases/publish/", WORDS))


def test_notes_are_looked_at_first_and_write_no_markup_of_their_own(browser: Visitor) -> None:
    notes = "**Faster** <script>alert(1)</script> [out](https://elsewhere.example) ![x](/x.png)"
    answer = text(browser.post("/desk/releases/publish/", WORDS | {"notes": notes, "preview": "1"}))
    assert "<strong>Faster</strong>" in answer
    assert "<script>alert" not in answer
    assert 'href="https://elsewhere' not in answer
    assert "<img" not in answer.partition("<main")[2]
    assert not Release.objects.exists()


def test_a_release_is_withdrawn_and_still_found_by_whoever_looks_for_it(browser: Visitor) -> None:
    made = release()
    assert "engine 1.2.3" in text(browser.get("/desk/releases/"))
    answer = browser.post(f"/desk/releases/{made.pk}/withdraw/", follow=True)
    assert "is given out no more." in text(answer)
    assert "Nothing is published yet." in text(browser.get("/desk/releases/"))
    assert "withdrawn</span>" in text(browser.get("/desk/releases/?withdrawn=1&product=engine"))


def test_many_releases_are_listed_page_by_page_with_few_queries(
    browser: Visitor, django_assert_max_num_queries: Any
) -> None:
    rows = [
        Release(product="engine", version=f"1.{n}.0", platform="linux-x64", name="x", size=1, sha256="0" * 64,
                published_at=timezone.now())
        for n in range(600)
    ]  # fmt: skip
    Release.objects.bulk_create(rows)
    with django_assert_max_num_queries(12):
        page = text(browser.get("/desk/releases/?page=2"))
    assert "Page 2 of 12" in page
    assert page.count("/desk/releases/0") == 50


def test_an_upload_tells_what_it_takes(browser: Visitor) -> None:
    answer = browser.options("/desk/uploads/")
    assert (answer.status_code, answer["Tus-Version"]) == (204, "1.0.0")
    assert answer["Tus-Extension"] == "creation,termination,checksum"
    assert browser.post("/desk/uploads/").status_code == 412
    for size in ("", "-1", "ten", artefacts.LARGEST + 1, "9" * 30):
        assert begin(browser, size).status_code == 400
    assert begin(browser, name="../x").status_code == 400
    assert not Upload.objects.exists()


def test_a_piece_that_does_not_fit_is_refused_as_the_protocol_has_it(browser: Visitor) -> None:
    address = begin(browser)["Location"]
    assert send(browser, address, 5, b"x").status_code == 409
    assert send(browser, address, "", b"x").status_code == 400
    assert send(browser, address, 0, b"x", type="text/plain").status_code == 415
    assert send(browser, address, 0, b"x", HTTP_TUS_RESUMABLE="0.2").status_code == 412
    wrong = f"sha256 {b64encode(sha256(b'y').digest()).decode()}"
    assert send(browser, address, 0, b"x", HTTP_UPLOAD_CHECKSUM=wrong).status_code == 460
    assert send(browser, address, 0, b"x", HTTP_UPLOAD_CHECKSUM="crc32 eA==").status_code == 400
    assert send(browser, address, 0, b"x", HTTP_UPLOAD_CHECKSUM="sha256 %").status_code == 400
    assert send(browser, address, 0, CONTENT + b"x").status_code == 400
    assert browser.head(address)["Upload-Offset"] == "0"
    assert browser.delete(address, **TUS).status_code == 204
    assert browser.head(address).status_code == 404


def test_an_upload_is_its_members_own(browser: Visitor) -> None:
    address = whole(browser)
    other = at_the_desk(member("products"), Visitor())
    assert other.head(address).status_code == 404
    assert "engine.zip" not in text(other.get("/desk/releases/new/"))
