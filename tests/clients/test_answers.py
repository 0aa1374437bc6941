"""What a beacon does with each answer: stop, drop what was refused, or keep it for later."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from upheld_beacon import Beacon

from tests.clients.conftest import Clock
from tests.clients.loopback import DISOWNED, NOT_OURS, Loopback, Told, refuse

Make = Callable[..., Beacon]


def test_after_403_nothing_is_sent_again_and_what_waited_is_gone(
    beacon: Make, clock: Clock, site: Loopback, tmp_path: Path
) -> None:
    counting = beacon()
    counting.count("start")
    site.answers = [DISOWNED]
    assert not counting.send()
    assert counting.level == "local"
    assert json.loads((tmp_path / "state.json").read_text())["days"] == {}
    for _ in range(3):
        clock.tomorrow()
        again = beacon()
        again.count("start")
        assert not again.send()
    assert len(site.taken) == 1


@pytest.mark.parametrize("body", NOT_OURS.values(), ids=list(NOT_OURS))
def test_a_403_that_is_not_the_endpoints_own_keeps_the_counts_for_later(
    beacon: Make, clock: Clock, site: Loopback, body: bytes
) -> None:
    counting = beacon()
    counting.count("start")
    site.answers = [Told(403, body)]
    assert not counting.send()
    assert counting.level == "counters"
    clock.now += 60
    assert not counting.send(), "it is left alone for a while"
    assert len(site.taken) == 1
    clock.tomorrow()
    assert counting.send()
    assert site.days() == {"2026-11-23": {"start": 1}}


@pytest.mark.parametrize("body", NOT_OURS.values(), ids=list(NOT_OURS))
def test_a_403_that_is_not_the_endpoints_own_confirms_no_deletion(
    beacon: Make, clock: Clock, site: Loopback, body: bytes
) -> None:
    counting = beacon()
    site.answers = [Told(403, body)]
    assert not counting.forget()
    clock.tomorrow()
    assert counting.send(leaving=False)
    assert [sent.path for sent in site.taken] == ["/usage/v1/forget"] * 2


@pytest.mark.parametrize("body", [b"", b"<title>Sign in</title>", b'{"forgotten": 1}', b"[]", b"null"], ids=str)
def test_what_somebody_else_answers_confirms_no_deletion(beacon: Make, site: Loopback, body: bytes) -> None:
    site.deleting = Told(200, body)
    assert not beacon().forget()
    site.deleting = DISOWNED
    assert beacon().forget(), "the site knows no such number, so that there is nothing to ask again"


def test_the_user_takes_a_stop_back_and_the_next_answer_decides(beacon: Make, clock: Clock, site: Loopback) -> None:
    counting = beacon()
    site.answers = [DISOWNED]
    counting.count("start")
    counting.send()
    for answers, held in (([DISOWNED], "local"), ([], "counters")):
        counting.choose("counters")
        assert counting.level == "counters"
        site.answers = answers
        counting.count("start")
        assert counting.send() == (held == "counters")
        assert (counting.level, beacon().level) == (held, held)
    assert len(site.taken) == 3


@pytest.mark.parametrize(
    ("field", "left"),
    [
        ("days[0].counts.display.webvr", {"2026-11-23": {"start": 1, "display.screen": 1}}),
        ("days[0].counts.display", {"2026-11-23": {"start": 1}}),
        ("days[0].counts.display.?", {"2026-11-23": {"start": 1}}),
        ("days[0].version", {}),
        ("days[7]", {}),
        ("product", {}),
        ("", {}),
    ],
)
def test_what_is_refused_is_dropped_and_the_rest_goes(
    beacon: Make, clock: Clock, site: Loopback, field: str, left: dict[str, Any]
) -> None:
    counting = beacon()
    for event, value in (("start", ""), ("display", "screen"), ("display", "webvr")):
        counting.count(event, value)
    site.answers = [refuse(field)]
    assert counting.send()
    del site.taken[0]
    assert site.days() == left
    clock.tomorrow()
    counting.count("start")
    assert counting.send()
    assert site.days() == left | {"2026-11-24": {"start": 1}}


@pytest.mark.parametrize("status", [413, 415])
def test_a_report_that_no_site_would_take_is_forgotten(beacon: Make, site: Loopback, status: int) -> None:
    counting = beacon()
    counting.count("start")
    site.answers = [Told(status, b"")]
    assert counting.send()
    assert counting.show() == ""
    assert len(site.taken) == 1


def test_a_site_that_refuses_everything_is_asked_eight_times_at_most(beacon: Make, site: Loopback) -> None:
    counting = beacon()
    for version in range(20):
        with_version = beacon(version=f"1.0.{version}")
        with_version.count("start")
        with_version.save()
    site.usual = refuse("days[0].version")
    assert not counting.send()
    assert len(site.taken) == 8


@pytest.mark.parametrize("status", [301, 307, 400, 404, 429, 500])
def test_other_answers_keep_the_counts_and_no_redirect_is_followed(
    beacon: Make, clock: Clock, site: Loopback, status: int
) -> None:
    counting = beacon()
    counting.count("start")
    site.answers = [Told(status, b"", {"Location": f"{site.url}/elsewhere"})]
    assert not counting.send()
    assert [sent.path for sent in site.taken] == ["/usage/v1/report"]
    clock.tomorrow(2)
    assert counting.send()
    assert site.days() == {"2026-11-23": {"start": 1}}
