"""Deleting and stopping by the number alone, as a beacon asks for it."""

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.builds import reporting
from tests.builds.reporting import body, day, number, published, today
from tests.canaries import Canaries
from upheld.api import forgetting
from upheld.builds import counting, numbers
from upheld.builds.limits import Daily
from upheld.builds.models import Build, Counted, Report
from upheld.ledger.models import Entry

pytestmark = pytest.mark.django_db
JSON = "application/json"
REPORT, FORGET, STOP = "/usage/v1/report", "/usage/v1/forget", "/usage/v1/stop"


@pytest.fixture(autouse=True)
def _published(db: None) -> Iterator[None]:
    with reporting.unlimited(), patch.object(forgetting, "_daily", Daily(forgetting.MOST_A_DAY)):
        published()
        yield


def send(path: str, sent: object, content_type: str = JSON, **headers: str) -> HttpResponse:
    given = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    found: Any = Client(enforce_csrf_checks=True).post(
        path, given, content_type=content_type, secure=True, headers=headers
    )
    assert not found.cookies
    assert isinstance(found, HttpResponse)
    return found


def asked(build: str) -> dict[str, object]:
    return {"v": 1, "number": build}


def test_forgetting_deletes_what_was_counted_and_what_waits_and_takes_it_no_more() -> None:
    build = number()
    send(REPORT, body(build, day(2)))
    counting.count_due()
    send(REPORT, body(build, day(1)))
    answer = send(FORGET, asked(build))
    assert (answer.status_code, json.loads(answer.content)) == (200, {"forgotten": True})
    assert not Counted.objects.exists()
    assert not Report.objects.exists()
    assert Build.objects.get().erased_through == today()
    send(REPORT, body(build, day(2), day(0)))
    counting.count_due()
    assert not Counted.objects.exists()


def test_a_stopped_build_reports_no_more() -> None:
    build = number()
    answer = send(STOP, asked(build))
    assert (answer.status_code, json.loads(answer.content)) == (200, {"stopped": True})
    assert send(REPORT, body(build)).status_code == 403
    assert send(FORGET, asked(build)).status_code == 200, "what it reported before can still be deleted"


@pytest.mark.parametrize("path", [FORGET, STOP])
def test_a_number_that_is_not_ours_is_refused_as_a_report_of_it_is(path: str) -> None:
    stranger = number("another product altogether")
    answer, reported = send(path, asked(stranger)), send(REPORT, body(stranger))
    assert (answer.status_code, answer.content) == (reported.status_code, reported.content)
    assert answer.status_code == 403
    assert not Build.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("path", [FORGET, STOP])
def test_what_asks_for_something_else_is_refused_and_not_said_back(path: str, canaries: Canaries) -> None:
    address = canaries["email"]
    for sent in (
        b"", b"{", b"[" * 1_000, b"\xff", b"x" * 2_000, {}, [], {"v": 2, "number": number()},
        {"v": 1, "number": address}, {"v": 1, "number": 5}, asked(number()) | {"email": address},
        asked(number()[:-1]), asked(address * 9),
    ):  # fmt: skip
        answer = send(path, sent)
        assert answer.status_code in (400, 413, 415), sent
        assert address not in answer.content.decode()
    assert send(path, asked(number()), content_type="text/plain").status_code == 415
    found: Any = Client().get(path, secure=True)
    assert (found.status_code, found.headers["Allow"]) == (405, "OPTIONS, POST")
    assert not Entry.objects.exists()


def test_a_browser_of_another_origin_may_ask_also_when_it_refuses_tracking() -> None:
    found: Any = Client().options(FORGET, secure=True, headers={"Origin": "https://game.example"})
    assert (found.status_code, found.headers["Access-Control-Allow-Origin"]) == (204, "*")
    answer = send(FORGET, asked(number()), **{"Sec-GPC": "1", "DNT": "1"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert Build.objects.get().erased_through == today()


def test_asking_again_and_again_is_put_off_to_the_next_day() -> None:
    build = number()
    answers = [send(FORGET, asked(build)) for _ in range(forgetting.MOST_A_DAY + 1)]
    assert [each.status_code for each in answers] == [200] * forgetting.MOST_A_DAY + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_numbers_that_are_made_up_use_nothing_up() -> None:
    stranger = number("another product altogether")
    with patch.object(forgetting, "_daily", Daily(1)):
        assert [send(FORGET, asked(stranger)).status_code for _ in range(3)] == [403] * 3


def test_the_ledger_names_no_number() -> None:
    build = number()
    send(STOP, asked(build))
    send(FORGET, asked(build))
    acts = [str(entry.__dict__) for entry in Entry.objects.order_by("id")]
    assert len(acts) == 2
    assert not [each for each in acts if build in each or numbers.read(build) in each]
