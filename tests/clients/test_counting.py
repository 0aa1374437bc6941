"""Counting: cheap, bounded, of the vocabulary only, and never in the product's way."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from upheld_beacon import Beacon

from tests.clients.conftest import Clock
from tests.clients.loopback import Loopback

Make = Callable[..., Beacon]


def state(folder: Path) -> Any:
    return json.loads((folder / "state.json").read_text())


def test_what_was_counted_is_shown_as_it_would_be_sent(beacon: Make, site: Loopback) -> None:
    counting = beacon()
    counting.count("start")
    counting.count("display", "webvr")
    counting.count("display", "webvr", times=2)
    shown = counting.show()
    assert json.loads(shown) == {
        "v": 1,
        "number": "4K7QX-0M2ZD-9RC1V-HT5JW-8BN3G",
        "product": "engine",
        "days": [
            {
                "day": "2026-11-23",
                "version": "1.2.3",
                "platform": "linux-x64",
                "counts": {"start": 1, "display": {"webvr": 3}},
            }
        ],
    }
    assert counting.send()
    assert site.taken[0].body.decode() == shown
    assert counting.show() == ""


def test_the_vocabulary_is_taken_as_the_command_prints_it(beacon: Make) -> None:
    counting = beacon(events={"start": {"title": "Started", "values": []}, "display": {"values": ["webvr"]}})
    counting.count("start")
    counting.count("display", "webvr")
    assert json.loads(counting.show())["days"][0]["counts"] == {"start": 1, "display": {"webvr": 1}}


@pytest.mark.parametrize(
    "wrong",
    [("fly",), ("display",), ("display", "mirror"), ("start", "now"), (["start"],), (None,), ("start", "", -1)],
    ids=str,
)
def test_what_is_not_in_the_vocabulary_is_counted_nowhere(beacon: Make, tmp_path: Path, wrong: tuple[Any, ...]) -> None:
    said: list[str] = []
    counting = beacon(debug=said.append)
    counting.count(*wrong)
    counting.save()
    assert len(said) == 1
    assert not state(tmp_path)["days"]


@pytest.mark.parametrize("times", [0, True, 1.5, "2"])
def test_only_whole_numbers_above_none_are_counted(beacon: Make, times: Any) -> None:
    counting = beacon()
    counting.count("start", times=times)
    assert counting.show() == ""


def test_a_debug_hook_that_fails_does_not_reach_the_product(beacon: Make) -> None:
    def fails(_: str) -> None:
        raise RuntimeError

    beacon(debug=fails).count("fly")


def test_a_million_counts_from_many_threads_are_all_there(beacon: Make) -> None:
    counting = beacon()

    def work() -> None:
        for _ in range(125_000):
            counting.count("start")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for each in threads:
        each.start()
    while any(each.is_alive() for each in threads):
        counting.save()
    counts = json.loads(counting.show())["days"][0]["counts"]
    assert counts == {"start": 1_000_000}


def test_one_thing_of_one_day_is_counted_to_a_billion_and_no_further(beacon: Make) -> None:
    counting = beacon()
    counting.count("start", times=10**30)
    counting.save()
    counting.count("start")
    assert json.loads(counting.show())["days"][0]["counts"] == {"start": 10**9}


def test_ninety_days_offline_hold_sixty_two_and_little_room(beacon: Make, clock: Clock, tmp_path: Path) -> None:
    def nobody(_: str, __: bytes) -> Any:
        raise OSError

    sizes = []
    for _ in range(90):
        counting = beacon(transport=nobody)
        for event, value in (("start", ""), ("display", "screen"), ("crash", "memory")):
            counting.count(event, value)
        counting.close()
        assert not counting.send()
        sizes.append((tmp_path / "state.json").stat().st_size)
        clock.tomorrow()
    assert len(state(tmp_path)["days"]) == 62
    assert max(sizes) < 6_000
    assert sizes[-1] <= sizes[70] + 8


def test_after_weeks_offline_one_report_has_the_days_that_are_still_taken(
    beacon: Make, clock: Clock, site: Loopback
) -> None:
    counting = beacon()
    for _ in range(80):
        counting.count("start")
        counting.save()
        clock.tomorrow()
    assert counting.send()
    days = [entry["day"] for entry in site.taken[0].json["days"]]
    assert len(site.taken) == 1
    assert len(days) == 60
    assert days == sorted(days)


def test_memory_is_bounded_when_no_disk_takes_the_counts(beacon: Make, clock: Clock, tmp_path: Path) -> None:
    counting = beacon()
    (tmp_path / "state.json").unlink()
    (tmp_path / "state.json").mkdir()
    for _ in range(100):
        counting.count("start")
        assert not counting.save()
        clock.tomorrow()
    assert len(counting._fresh) <= 62


def test_a_clock_that_jumps_ahead_and_back_loses_nothing_of_the_true_days(
    beacon: Make, clock: Clock, site: Loopback
) -> None:
    counting = beacon()
    counting.count("start")
    counting.save()
    clock.tomorrow(4_000)
    counting.count("start")
    counting.save()
    clock.tomorrow(-4_000)
    counting.count("start")
    assert counting.send()
    assert site.days() == {"2026-11-23": {"start": 2}}


def test_a_clock_in_1970_sends_nothing_of_later_days_and_drops_none(beacon: Make, clock: Clock, site: Loopback) -> None:
    counting = beacon()
    counting.count("start")
    counting.save()
    right, clock.now = clock.now, 100.0
    counting.save()
    counting.send()
    assert not site.taken
    clock.now = right
    assert counting.send()
    assert site.days() == {"2026-11-23": {"start": 1}}


def test_a_new_version_of_the_build_counts_apart(beacon: Make, site: Loopback) -> None:
    for version in ("1.2.3", "1.3.0"):
        counting = beacon(version=version)
        counting.count("start")
        counting.close()
    assert beacon().send()
    assert [entry["version"] for entry in site.taken[0].json["days"]] == ["1.2.3", "1.3.0"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"site": "http://exokit.example"},
        {"site": "file:///etc"},
        {"site": "https://a@b"},
        {"number": ""},
        {"version": "1 2"},
    ],
    ids=str,
)
def test_a_beacon_that_is_set_up_wrongly_is_off_and_says_so(
    beacon: Make, tmp_path: Path, wrong: dict[str, str]
) -> None:
    said: list[str] = []
    counting = beacon(**wrong, debug=said.append)
    counting.count("start")
    assert counting.level == "off"
    assert len(said) == 1
    assert not list(tmp_path.iterdir())
