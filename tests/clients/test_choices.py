"""Whose word holds, and what it does to what was counted: the user's own, before everybody's."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from upheld_beacon import Beacon, beside
from upheld_beacon.__main__ import main
from upheld_beacon.levels import level

from tests.clients.conftest import Clock
from tests.clients.loopback import DISOWNED, Loopback, Told

Make = Callable[..., Beacon]


@pytest.mark.parametrize(
    ("environment", "said", "held"),
    [
        ({}, ("", None, "counters"), "counters"),
        ({}, ("", None, "local"), "local"),
        ({}, ("", "local", "counters"), "local"),
        ({}, ("counters", "local", "off"), "counters"),
        ({"UPHELD_BEACON": "off"}, ("counters", "counters", "counters"), "off"),
        ({"UPHELD_BEACON": "counters"}, ("off", None, "off"), "counters"),
        ({"UPHELD_BEACON": "no, thanks"}, ("counters",), "off"),
        ({"UPHELD_BEACON": "counters", "DO_NOT_TRACK": "1"}, ("counters",), "off"),
        ({"DO_NOT_TRACK": "yes"}, ("counters",), "off"),
        ({"DO_NOT_TRACK": "0"}, ("counters",), "counters"),
        ({}, ("", "everything", "counters"), "off"),
        ({}, (), "off"),
    ],
)
def test_the_first_word_holds_and_an_unknown_one_means_off(
    environment: dict[str, str], said: tuple[str | None, ...], held: str
) -> None:
    assert level(environment, *said) == held


@pytest.mark.parametrize("variable", [("DO_NOT_TRACK", "1"), ("UPHELD_BEACON", "off")])
def test_off_leaves_no_file_says_nothing_and_sends_nothing(
    beacon: Make, site: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: tuple[str, str]
) -> None:
    monkeypatch.setenv(*variable)
    said: list[str] = []
    counting = beacon(notice=said.append)
    counting.count("start")
    assert not counting.send()
    counting.close()
    assert counting.level == "off"
    assert (said, site.taken, list(tmp_path.iterdir())) == ([], [], [])


def test_local_counts_stay_here_also_when_the_user_changes_their_mind(
    beacon: Make, clock: Clock, site: Loopback, tmp_path: Path
) -> None:
    counting = beacon(level="local")
    counting.count("start")
    assert counting.show() == ""
    assert not counting.send()
    counting.choose("counters")
    counting.count("display", "webvr")
    assert counting.send()
    assert site.days() == {"2026-11-23": {"display.webvr": 1}}
    assert json.loads((tmp_path / "state.json").read_text())["local"]


@pytest.mark.parametrize("wanted", ["off", "local"])
def test_a_choice_stays_and_what_waited_is_not_sent(
    beacon: Make, clock: Clock, site: Loopback, wanted: str, tmp_path: Path
) -> None:
    other = beacon()
    counting = beacon()
    counting.count("start")
    counting.choose(wanted)
    other.count("start")
    other.save()
    clock.tomorrow()
    assert {counting.level, other.level, beacon().level, beacon(level="counters").level} == {wanted}
    assert not beacon().send()
    assert not site.taken
    assert bool(json.loads((tmp_path / "state.json").read_text())["local"]) == (wanted == "local")


def test_a_choice_that_is_no_level_is_refused(beacon: Make) -> None:
    with pytest.raises(ValueError, match="A level is one of off, local, counters"):
        beacon().choose("some")


def test_forget_deletes_here_and_there_and_today_is_not_counted_again(
    beacon: Make, clock: Clock, site: Loopback, tmp_path: Path
) -> None:
    other = beacon()
    counting = beacon()
    counting.count("start")
    assert counting.send()
    other.count("start")
    counting.count("start")
    assert counting.forget()
    assert (site.taken[-1].path, site.taken[-1].json) == (
        "/usage/v1/forget",
        {"v": 1, "number": "4K7QX-0M2ZD-9RC1V-HT5JW-8BN3G"},
    )
    counting.count("start")
    for each in (counting, other):
        assert each.send()
    assert len(site.taken) == 2
    assert json.loads((tmp_path / "state.json").read_text())["days"] == {}
    clock.tomorrow()
    counting.count("start")
    assert counting.send()
    assert [day["day"] for day in site.taken[-1].json["days"]] == ["2026-11-24"]


def test_a_deletion_that_did_not_reach_the_site_is_asked_again_before_anything_is_sent(
    beacon: Make, clock: Clock, site: Loopback
) -> None:
    site.answers = [Told(503, b"")]
    counting = beacon()
    assert not counting.forget()
    clock.tomorrow()
    counting.count("start")
    assert counting.show() == ""
    assert counting.send(leaving=False)
    assert [sent.path for sent in site.taken] == ["/usage/v1/forget"] * 2
    counting.send()
    assert [sent.path for sent in site.taken][2:] == ["/usage/v1/report"]


def test_a_deletion_is_asked_for_though_counting_is_off(beacon: Make, clock: Clock, site: Loopback) -> None:
    site.answers = [Told(503, b"")]
    counting = beacon()
    counting.forget()
    counting.choose("off")
    clock.tomorrow()
    beacon().send(leaving=False)
    assert [sent.path for sent in site.taken] == ["/usage/v1/forget"] * 2


def test_the_command_shows_what_is_sent_next(
    beacon: Make, site: Loopback, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import time

    counting = beacon(clock=time.time)
    counting.count("start")
    counting.save()
    state = ["--state", str(tmp_path / "state.json")]
    assert main(["show", *state]) == 0
    shown = capsys.readouterr().out
    assert counting.send()
    assert site.taken[0].body.decode() + "\n" == shown


def test_the_command_chooses_and_deletes(
    beacon: Make, clock: Clock, site: Loopback, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counting = beacon()
    counting.count("start")
    counting.save()
    state = ["--state", str(tmp_path / "state.json")]
    assert main(["local", *state]) == 0
    assert beacon().level == "local"
    assert main(["forget", *state]) == 0
    assert f"deleted, here and at {site.url}" in capsys.readouterr().err
    site.deleting = Told(403, b"<title>403 Forbidden</title>")
    assert main(["forget", *state]) == 1
    assert f"deleted here. {site.url} has not confirmed it yet" in capsys.readouterr().err
    assert main(["show", *state]) == 0
    assert f"{site.url} has not confirmed the deletion yet" in capsys.readouterr().err
    site.deleting = DISOWNED
    assert main(["forget", *state]) == 0
    assert f"deleted here. {site.url} does not know this number." in capsys.readouterr().err
    (tmp_path / "state.json").write_text("damaged")
    assert main(["forget", *state]) == 1
    assert "deleted here. Its site is not known here" in capsys.readouterr().err
    assert main(["show", "--state", str(tmp_path / "none.json")]) == 1
    assert "No build of this user counts here" in capsys.readouterr().err


def test_a_number_is_read_from_the_file_beside_the_product(tmp_path: Path) -> None:
    told: dict[str, Any] = {"v": 1, "number": "4K7QX", "product": "engine", "version": "1.2.3"}
    told |= {"platform": "any", "site": "https://exokit.example"}
    product = tmp_path / "engine.bin"
    assert beside(product) is None
    side = tmp_path / "engine.bin.upheld.json"
    side.write_text(json.dumps(told))
    found = beside(product)
    assert found
    assert (found.number, found.site) == ("4K7QX", "https://exokit.example")
    assert beside(side) == found
    side.write_text(f"upheld-build-stamp/v1\n{json.dumps(told)}\nc2lnbmF0dXJl\n")
    assert beside(side) == found
    for text in ("", "[]", "{}", "upheld-build-stamp/v1\n", json.dumps(told | {"number": 3}), "[" * 3_000):
        side.write_text(text)
        assert beside(product) is None
