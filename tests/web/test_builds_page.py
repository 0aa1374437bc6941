"""`/builds/`: a number, or the file, is all that it takes; nothing of it stands in an address or a cookie."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from stdnum.iso7064 import mod_37_36

from tests.builds import reporting
from tests.builds.reporting import body, day, number, published
from tests.web.conftest import Visitor
from upheld import crockford
from upheld.accounts import limits
from upheld.api import forgetting
from upheld.builds import counting, numbers, payloads, possession, stamps, taking
from upheld.builds.errors import UnknownNumber
from upheld.builds.limits import Daily
from upheld.web import build_files, build_tokens
from upheld.web.views import builds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _unlimited() -> Iterator[None]:
    with reporting.unlimited():
        yield


@pytest.fixture
def reported() -> str:
    published()
    made = number()
    taking.take(body(made, day(2), day(1, {"crash": {"memory": 7}})))
    counting.count_due()
    return made


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def token_in(answer: Any) -> str:
    found: str = re.findall(r'name="token" value="([^"]+)"', answer.content.decode())[0]
    return found


def test_a_number_shows_every_count_by_day_and_sets_no_cookie(reported: str) -> None:
    visitor = Visitor(enforce_csrf_checks=True)
    assert visitor.get("/builds/").status_code == 200
    answer = visitor.post("/builds/", {"number": reported.lower().replace("-", " ")})
    for said in (reported, "display webvr 1, start 3", "crash memory 7", "1.2.3", "linux-x64"):
        assert said in text(answer), said
    assert not visitor.cookies
    assert answer["Cache-Control"] == "no-store"


def test_it_is_taken_along_as_json(reported: str) -> None:
    visitor = Visitor(enforce_csrf_checks=True)
    token = token_in(visitor.post("/builds/", {"number": reported}))
    answer = visitor.post("/builds/copy/", {"token": token})
    said = json.loads(answer.content)
    assert (said["number"], said["days"][1]) == (reported, day(2))
    assert "attachment" in answer["Content-Disposition"]


def test_it_is_stopped_and_deleted_after_a_question(reported: str) -> None:
    visitor = Visitor(enforce_csrf_checks=True)
    token = token_in(visitor.post("/builds/", {"number": reported}))
    for what in ("stop", "delete"):
        asked = visitor.post(f"/builds/{what}/", {"token": token})
        assert "?</h1>" in text(asked)
        assert len(possession.see(numbers.read(reported)).days) == 2
        done = visitor.post(f"/builds/{what}/", {"token": token_in(asked), "sure": "yes"})
        assert reported in text(done)
    seen = possession.see(numbers.read(reported))
    assert (seen.days, seen.stopped) == ((), True)
    with pytest.raises(UnknownNumber):
        taking.take(body(reported))
    assert not visitor.cookies


def test_a_token_that_is_not_ours_or_too_old_does_nothing(reported: str) -> None:
    visitor = Visitor()
    signs = numbers.read(reported)
    with patch("time.time", return_value=1.0):
        old = build_tokens.make(signs)
    for token in ("", "abc", "ü", old, build_tokens.make(signs)[:-6] + "AAAAA="):
        for path in ("/builds/copy/", "/builds/stop/", "/builds/delete/"):
            assert visitor.post(path, {"token": token, "sure": "yes"}).status_code == 410, (path, token)
    assert len(possession.see(signs).days) == 2
    assert reported not in build_tokens.make(signs)


def test_a_typing_mistake_is_explained_and_not_shown_again() -> None:
    visitor = Visitor()
    for typed, said in (
        ("", "Type the number of a build"),
        ("4K7QX", "has 25 signs"),
        ("me@example.org", "letters and digits only"),
        ("4K7QX-0M2ZD-9RC1V-HT5JW-8BN30", "misread"),
    ):
        answer = visitor.post("/builds/", {"number": typed})
        assert (answer.status_code, said in text(answer)) == (400, True), text(answer)
        assert not typed or typed not in text(answer)


def test_a_number_that_was_made_up_is_told_so_and_one_that_never_reported_holds_nothing() -> None:
    visitor, made_up = Visitor(), "0" * 24
    made_up += str(mod_37_36.calc_check_digit(made_up, crockford.SIGNS))
    assert "There is no build of this number" in text(visitor.post("/builds/", {"number": made_up}))
    assert "Nothing is held under this number" in text(visitor.post("/builds/", {"number": number()}))


def test_the_file_alone_is_enough(reported: str, tmp_path: Path) -> None:
    release = published(version="3.0.0")
    plain, made = tmp_path / "plain.zip", tmp_path / "made.zip"
    with ZipFile(plain, "w") as archive:
        archive.writestr("a.txt", "a")
    stamps.stamp(plain, made, payload=payloads.make(reported, release))
    visitor = Visitor()
    answer = visitor.post("/builds/", {"file": SimpleUploadedFile("made.zip", made.read_bytes())})
    assert reported in text(answer)
    for content in (plain.read_bytes(), b"MZ", b"{"):
        refused = visitor.post("/builds/", {"file": SimpleUploadedFile("plain.zip", content)})
        assert "no number of ours in this file" in text(refused), content
    with patch.object(build_files, "LARGEST", 10):
        refused = visitor.post("/builds/", {"file": SimpleUploadedFile("made.zip", made.read_bytes())})
    assert "too large" in text(refused)


def test_what_comes_is_bounded_by_the_whole_request_and_is_one_file_of_any_name() -> None:
    visitor = Visitor()
    long = SimpleUploadedFile("x." + "y" * 250, b"MZ")
    assert "no number of ours in this file" in text(visitor.post("/builds/", {"file": long}))
    two = {"file": SimpleUploadedFile("a", b"MZ"), "other": SimpleUploadedFile("b", b"MZ")}
    assert "one file alone" in text(visitor.post("/builds/", two))
    with patch.object(build_files, "LARGEST", 3):
        assert "one file alone" in text(visitor.post("/builds/", two | {"number": number()}))
        assert "too large" in text(visitor.post("/builds/", {"file": SimpleUploadedFile("a", b"1234")}))
    with (
        patch.object(build_files, "LARGEST", 3), patch.object(build_files, "AROUND", 3),
        patch.object(TemporaryFileUploadHandler, "receive_data_chunk", autospec=True) as wrote,
    ):  # fmt: skip
        assert "too large" in text(visitor.post("/builds/", {"file": SimpleUploadedFile("a", b"1")}))
    assert not wrote.called


def test_where_no_file_belongs_none_is_written(reported: str) -> None:
    visitor, token = Visitor(), build_tokens.make(numbers.read(reported))
    for path in ("/builds/copy/", "/builds/stop/", "/builds/delete/"):
        for size in (1, 100_000):
            with patch("tempfile.mkstemp") as made:
                given = {"token": token, "sure": "yes", "file": SimpleUploadedFile("a.bin", b"1" * size)}
                answer = visitor.post(path, given)
            assert (answer.status_code, made.called) == (413, False), (path, size)
    seen = possession.see(numbers.read(reported))
    assert (len(seen.days), seen.stopped) == (2, False)


def test_nobody_asks_without_end(reported: str) -> None:
    visitor, token = Visitor(), build_tokens.make(numbers.read(reported))
    with patch.object(builds, "SHOWN", limits.Limit("builds.shown", 2, limits.HOUR)):
        answers = [visitor.post("/builds/", {"number": number()}).status_code for _ in range(3)]
        assert answers == [200, 200, 429]
        for path in ("/builds/copy/", "/builds/stop/", "/builds/delete/"):
            assert visitor.post(path, {"token": token}).status_code == 429


def test_a_build_is_stopped_and_deleted_some_times_a_day_alone(reported: str) -> None:
    visitor, given = Visitor(), {"token": build_tokens.make(numbers.read(reported)), "sure": "yes"}
    with patch.object(forgetting, "_daily", Daily(2)):
        paths = ("/builds/delete/", "/builds/stop/", "/builds/delete/")
        answers = [visitor.post(path, given) for path in paths]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[2]["Retry-After"]) > 0


def test_numbers_are_asked_for_by_post_alone() -> None:
    visitor = Visitor()
    assert "Nothing is held" not in visitor.text("/builds/", number=number())
    for path in ("/builds/copy/", "/builds/stop/", "/builds/delete/"):
        assert visitor.get(path).status_code == 405
