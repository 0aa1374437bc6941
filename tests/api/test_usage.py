"""The usage endpoint, as programs and browsers meet it."""

import gzip
import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
import zstandard
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client

from tests.builds import reporting
from tests.builds.reporting import body, day, number, published, report
from tests.canaries import Canaries, scan
from upheld.api.front import PATH, Front
from upheld.builds import limits, numbers, taking
from upheld.builds.limits import Crowd, Daily
from upheld.builds.models import Build, Counted, Report
from upheld.home import Home

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(autouse=True)
def _published(db: None) -> Iterator[None]:
    with reporting.unlimited():
        published()
        yield


def send(sent: bytes, content_type: str = JSON, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().post(PATH, sent, content_type=content_type, secure=True, headers=named)  # type: ignore[return-value]  # its own subclass


def error(answer: HttpResponse) -> dict[str, str]:
    found: dict[str, str] = json.loads(answer.content)["error"]
    return found


def test_a_report_is_taken() -> None:
    answer = send(body(number(), day(1), day(2)))
    assert (answer.status_code, json.loads(answer.content)) == (202, {"taken": 2})
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("zstd", zstandard.compress), ("identity", bytes), ("GZIP", gzip.compress)],
)
def test_a_report_is_taken_out_of_its_encoding(encoding: str, pack: Any) -> None:
    assert send(pack(body(number())), Content_Encoding=encoding).status_code == 202


def test_nobody_gets_a_cookie_and_every_origin_may_read_the_answer() -> None:
    for answer in (send(body(number())), send(b"{"), send(body(number("browser")))):
        assert not answer.cookies
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
        assert answer["Cache-Control"] == "no-store"
        assert "Cookie" not in answer.get("Vary", "")


def test_a_browser_may_ask_before_it_sends() -> None:
    answer = Client().options(PATH, secure=True, headers={"Origin": "https://game.example"})
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Methods"] == "POST"
    assert "Content-Encoding" in answer["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_whoever_asks_not_to_be_tracked_is_not_counted(header: str) -> None:
    answer = send(body(number()), **{header: "1"})
    assert (answer.status_code, json.loads(answer.content)) == (202, {"taken": 0})
    assert not Report.objects.exists()
    assert send(body(number()), **{header: "0"}).content == b'{"taken": 1}'


def test_a_refusal_names_the_field_and_what_was_meant() -> None:
    answer = send(body(number(), day(1, {"display": {"vr": 1}})))
    assert answer.status_code == 400
    assert error(answer) == {
        "field": "days[0].counts.display.vr",
        "reason": "The policy names no such value of this event.",
        "nearest": "webvr",
    }


def test_unknown_stopped_and_forged_numbers_get_the_same_bytes() -> None:
    stopped = number()
    Build.objects.create(pk=numbers.build_id(numbers.read(stopped)), product="engine", stopped=True)
    forged = numbers.read(number())[:16] + "ZZZZZZZZ"
    answers = [
        send(body(each)) for each in (stopped, numbers.shown(forged + numbers._check(forged)), number("browser"))
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert len({(answer.content, tuple(sorted(answer.items()))) for answer in answers}) == 1


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(content_type: str) -> None:
    assert send(body(number()), content_type).status_code == 415


def test_another_encoding_is_refused_with_those_that_are_taken() -> None:
    answer = send(body(number()), Content_Encoding="br")
    assert (answer.status_code, answer["Accept-Encoding"]) == (415, "gzip, zstd")


def test_nothing_else_is_done_here() -> None:
    answer = Client().get(PATH, secure=True)
    assert (answer.status_code, answer["Allow"]) == (405, "OPTIONS, POST")


class Unread(io.RawIOBase):
    """A body that says how much of it was read."""

    def __init__(self, length: int) -> None:
        self.left, self.taken = length, 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "a body is never read to its end"
        size = min(size, self.left)
        self.left, self.taken = self.left - size, self.taken + size
        return b" " * size


def ask(stream: io.RawIOBase, **environ: str) -> tuple[str, dict[str, str], bytes]:
    """Through the door that stands before Django."""
    said: list[Any] = []
    asked = {"REQUEST_METHOD": "POST", "PATH_INFO": PATH, "CONTENT_TYPE": JSON, "wsgi.input": stream, **environ}
    [content] = Front(lambda *_: [b"elsewhere"])(asked, lambda *args: said.extend(args))
    return said[0], dict(said[1]), content


@pytest.mark.parametrize("length", ["104857600", "9" * 30])
def test_a_body_that_says_it_is_large_is_not_read(length: str) -> None:
    stream = Unread(100 * 2**20)
    status, headers, _ = ask(stream, CONTENT_LENGTH=length)
    assert (status, stream.taken) == ("413 Request Entity Too Large", 0)
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_a_body_that_does_not_say_how_large_it_is_is_read_to_the_limit() -> None:
    stream = Unread(100 * 2**20)
    assert ask(stream)[0].startswith("413")
    assert stream.taken == 64 * 1024 + 1


@pytest.mark.parametrize("length", ["-5", "x", "²"])
def test_a_length_that_is_none_is_refused(length: str) -> None:
    assert ask(Unread(100), CONTENT_LENGTH=length)[0] == "400 Bad Request"


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_bomb_is_too_large(pack: Any) -> None:
    encoding = "gzip" if pack is gzip.compress else "zstd"
    assert send(pack(bytes(50 * 2**20)), Content_Encoding=encoding).status_code == 413


def test_the_door_before_django_answers_the_same() -> None:
    for sent in (body(number()), b"{", body(number("browser"))):
        status, headers, content = ask(io.BytesIO(sent), CONTENT_LENGTH=str(len(sent)))  # type: ignore[arg-type] # all that is asked of it is to be read
        inside = send(sent)
        assert (int(status[:3]), content) == (inside.status_code, inside.content)
        assert {name: inside[name] for name in headers} == headers


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_is_opened_anew() -> None:
    sent = body(number())
    ask(io.BytesIO(sent), CONTENT_LENGTH=str(len(sent)))  # type: ignore[arg-type] # all that is asked is to be read
    assert connection.connection is not None
    connection.connection.close()  # as when the database goes away; Django has not heard of it
    told = [ask(io.BytesIO(sent), CONTENT_LENGTH=str(len(sent)))[0] for _ in range(2)]  # type: ignore[arg-type] # as above
    assert told == ["503 Service Unavailable", "202 Accepted"]


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_a_connection_to_the_keys_that_broke_is_opened_anew() -> None:
    sent, keys = body(number()), connections["keys"]
    keys.ensure_connection()
    keys.connection.close()
    keys.errors_occurred = True
    assert ask(io.BytesIO(sent), CONTENT_LENGTH=str(len(sent)))[0] == "202 Accepted"  # type: ignore[arg-type] # as above
    assert keys.connection is None, "and the next question opens another"


def test_every_other_address_goes_on_to_django() -> None:
    assert list(Front(lambda *_: [b"elsewhere"])({"PATH_INFO": "/usage/v1/"}, lambda *_: None)) == [b"elsewhere"]


def test_who_sends_too_much_is_told_when_to_come_back() -> None:
    build = number()
    with patch.object(taking, "_daily", Daily(1)):
        assert send(body(build)).status_code == 202
        answer = send(body(build))
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_load_is_shed() -> None:
    with patch.object(taking, "_crowd", Crowd(0)), patch.object(limits, "LOOK_EVERY", 0.0):
        send(body(number()))
        answer = send(body(number()))
    assert (answer.status_code, int(answer["Retry-After"]) >= 60) == (503, True)


def test_a_failure_of_ours_is_told_without_a_word_of_the_report(
    canaries: Canaries, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(taking, "_months", side_effect=ValueError(canaries["email"])):
        answer = send(body(number()))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "ValueError at " in caplog.text
    assert canaries["email"] not in caplog.text + answer.content.decode()


def test_nothing_of_what_is_refused_is_anywhere(
    canaries: Canaries, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], home: Home
) -> None:
    caplog.set_level(logging.DEBUG, "upheld")
    host, path, email = canaries["host"], canaries["path"], canaries["email"]
    build = number()
    crash = {"error": "boom", "argv": [path], "hostname": host, "home": path, "interfaces": [{"name": host}]}
    said: list[Any] = [
        crash,
        report(build, **crash),
        report(build, client_id=email),
        report(email),
        report(build, product=host),
        report(build, day(1, {email: 1})),
        report(build, day(1, {"open": {path: 1}})),
        report(build, day(1, {"open": {f"{email}{n}": 1 for n in range(5000)}})),
        report(build, day(1, {"start": email})),
        report(build, day(1, None, version=email)),
        report(build, day(1, None, platform=host)),
        report(build, day(1, None, day=path)),
        email,
    ]
    for each in said:
        answer = send(json.dumps(each).encode())
        assert answer.status_code in (400, 413)
        assert not [value for value in canaries.values.values() if value in f"{answer.content!r} {answer.headers}"]
    assert not [rows for rows in (Report, Build, Counted) if rows.objects.exists()]
    logged = caplog.text + "".join(capfd.readouterr())
    assert not [value for value in canaries.values.values() if value in logged]
    assert not scan(home.folder, canaries.values.values())
