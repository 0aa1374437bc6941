"""Sending: once a day and on exit, in the background, nothing but the report, and as the site asks."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from upheld_beacon import Answer, Beacon
from upheld_beacon.sending import seconds, wait

from tests.clients.conftest import CLIENTS, EVENTS, NUMBER, Clock
from tests.clients.loopback import Loopback, Told

Make = Callable[..., Beacon]
PROGRAM = """
import sys, time
from upheld_beacon import Beacon
beacon = Beacon(number={number!r}, product="engine", version="1.2.3", platform="linux-x64", site={site!r},
                events={events!r}, state={state!r})
for _ in range({times}):
    beacon.count("start")
{then}
"""


def run(site: Loopback, state: Path, *, times: int = 1, then: str = "", **environment: str) -> Any:
    """A product, as a program of its own, from its start to its end."""
    program = PROGRAM.format(number=NUMBER, site=site.url, events=EVENTS, state=str(state), times=times, then=then)
    known = {name: value for name, value in os.environ.items() if name not in ("DO_NOT_TRACK", "UPHELD_BEACON")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={**known, "PYTHONPATH": str(CLIENTS / "python"), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_report_on_the_wire_has_nothing_but_its_schema(site: Loopback, tmp_path: Path) -> None:
    done = run(site, tmp_path / "state.json", times=3, USER="ada.lovelace", HOSTNAME="adas-laptop", LANG="de_DE.UTF-8")
    assert done.returncode == 0
    [sent] = site.taken
    assert (sent.method, sent.path) == ("POST", "/usage/v1/report")
    assert dict(sent.headers) == {
        "Accept-Encoding": "identity",
        "Content-Length": str(len(sent.body)),
        "Content-Type": "application/json",
        "Connection": "close",
        "Host": site.url.removeprefix("http://"),
        "User-Agent": "upheld-beacon",
    }
    assert set(sent.json) == {"v", "number", "product", "days"}
    [day] = sent.json["days"]
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert day == {"day": today, "version": "1.2.3", "platform": "linux-x64", "counts": {"start": 3}}


def test_the_first_run_says_in_one_line_what_is_counted_and_the_second_is_silent(
    site: Loopback, tmp_path: Path
) -> None:
    first = run(site, tmp_path / "state.json")
    assert first.stderr.count("\n") == 1
    for each in ("engine", site.url, "day by day", "UPHELD_BEACON=off|local|counters"):
        assert each in first.stderr
    assert first.stdout == ""
    assert run(site, tmp_path / "state.json").stderr == ""


def test_a_site_that_does_not_answer_delays_no_exit_and_is_told_later(
    site: Loopback, tmp_path: Path, beacon: Make, clock: Clock
) -> None:
    site.hold.clear()
    began = time.monotonic()
    done = run(
        site, tmp_path / "state.json", then="begun = time.monotonic(); beacon.close(); print(time.monotonic() - begun)"
    )
    assert time.monotonic() - began < 20
    assert float(done.stdout) < 1.0
    assert done.returncode == 0
    site.hold.set()
    clock.now = time.time() + 3_600
    assert beacon().send()
    assert len(site.taken) == 2
    assert site.taken[0].body == site.taken[1].body


def test_the_background_reports_once_a_day_and_only_finished_days(beacon: Make, clock: Clock, site: Loopback) -> None:
    counting = beacon()
    counting.count("start")
    assert not counting.send(leaving=False)
    assert not site.taken
    clock.tomorrow()
    for _ in range(3):
        counting.count("start")
        counting.send(leaving=False)
    assert len(site.taken) == 1
    assert [day["day"] for day in site.taken[0].json["days"]] == ["2026-11-23", "2026-11-24"]
    clock.tomorrow()
    counting.send(leaving=False)
    assert site.days() == {"2026-11-23": {"start": 1}, "2026-11-24": {"start": 3}}


def test_a_product_that_never_ends_is_saved_and_reported_by_its_thread(
    beacon: Make, clock: Clock, site: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upheld_beacon.beacon.SAVE_EVERY", 0.02)
    monkeypatch.setattr("upheld_beacon.beacon.LOOK_EVERY", 0.02)
    counting = beacon(background=True)
    try:
        counting.count("start")
        while "days" not in (tmp_path / "state.json").read_text() or not counting._store.read().days:
            time.sleep(0.01)
        assert not site.taken, "the day has not ended"
        clock.tomorrow()
        assert site.came.wait(10)
    finally:
        counting.close()
    assert site.days()["2026-11-23"] == {"start": 1}
    assert len(site.taken) == 1


def test_what_a_transport_of_ones_own_raises_does_not_reach_the_product(
    beacon: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: str, __: bytes) -> Any:
        raise RuntimeError("broken")

    said: list[str] = []
    monkeypatch.setattr("upheld_beacon.beacon.SAVE_EVERY", 0.02)
    counting = beacon(background=True, transport=breaks, debug=said.append)
    counting.count("start")
    counting.close()
    assert said == ["Nothing was sent. RuntimeError: broken"]


def test_a_product_that_ends_often_reports_eight_times_a_day(beacon: Make, clock: Clock, site: Loopback) -> None:
    for _ in range(30):
        counting = beacon()
        counting.count("start")
        counting.send()
        clock.now += 600
    assert len(site.taken) == 8
    clock.tomorrow()
    assert beacon().send()
    assert site.days() == {"2026-11-23": {"start": 30}}


def test_a_report_whose_answer_was_lost_is_the_same_report_again(beacon: Make, clock: Clock, site: Loopback) -> None:
    from upheld_beacon.sending import post

    def loses(address: str, body: bytes) -> Answer:
        post(address, body)
        raise OSError

    counting = beacon(transport=loses)
    counting.count("start")
    assert not counting.send()
    clock.tomorrow()
    assert beacon().send()
    assert site.taken[0].body == site.taken[1].body


def test_failures_wait_longer_each_time_and_as_long_as_the_site_asks(
    beacon: Make, clock: Clock, site: Loopback, tmp_path: Path
) -> None:
    counting = beacon()
    counting.count("start")
    site.answers = [Told(503, b"", {"Retry-After": "7200"})]
    assert not counting.send()
    clock.now += 7_100
    assert not counting.send()
    assert len(site.taken) == 1
    clock.now += 200
    assert counting.send()
    assert len(site.taken) == 2
    assert [wait(failures, 0, 1) for failures in (0, 1, 2, 20)] == [600, 1_200, 2_400, 86_400]
    assert wait(0, 0, 0) == 300


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("120", 120),
        ("", 0),
        (None, 0),
        ("soon", 0),
        ("-5", 0),
        ("9" * 30, 604_800),
        ("Mon, 23 Nov 2020 00:00:00 GMT", 0),
    ],
)
def test_retry_after_is_read_with_care(said: str | None, meant: float) -> None:
    assert seconds(said) == meant


def test_a_report_that_grows_too_large_goes_in_several(beacon: Make, clock: Clock, site: Loopback) -> None:
    events = {f"event_{number}": ["a_rather_long_value", "and_another_one"] for number in range(40)}
    counting = beacon(events=events)
    for _ in range(60):
        for event, values in events.items():
            for value in values:
                counting.count(event, value)
        counting.save()
        clock.tomorrow()
    assert counting.send()
    assert 1 < len(site.taken) <= 8
    assert max(len(sent.body) for sent in site.taken) <= 48 * 1024
    assert len(site.days()) == 60


def test_a_day_of_many_versions_goes_in_entries_that_a_report_may_have(
    beacon: Make, site: Loopback, clock: Clock
) -> None:
    for day in range(3):
        for version in range(30):
            counting = beacon(version=f"1.{day}.{version}")
            counting.count("start")
            counting.save()
        clock.tomorrow()
    assert beacon().send()
    assert [len(sent.json["days"]) for sent in site.taken] == [60, 30]


def test_without_a_place_for_its_state_nothing_is_sent(beacon: Make, site: Loopback, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said: list[str] = []
    counting = beacon(state=tmp_path / "file" / "state.json", debug=said.append)
    counting.count("start")
    assert not counting.send()
    assert counting.level == "off"
    assert "no place" in said[0]
    assert not site.taken
