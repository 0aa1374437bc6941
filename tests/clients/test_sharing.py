"""One state and many processes: none loses, none counts twice, wherever one of them dies."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from upheld_beacon import Beacon
from upheld_beacon import state as states
from upheld_beacon.state import Damaged, State, Store

from tests.clients.conftest import CLIENTS, EVENTS, NUMBER, Clock
from tests.clients.loopback import Loopback
from tests.clients.test_sending import run

Make = Callable[..., Beacon]
WORK = f"""
import sys
from upheld_beacon import Beacon
beacon = Beacon(number={NUMBER!r}, product="engine", version="1.2.3", platform="linux-x64", site=sys.argv[1],
                events={EVENTS!r}, state=sys.argv[2], background=False, notice=print)
saved = 0
for _ in range(300):
    beacon.count("start")
    saved += beacon.save(30)
print(saved)
"""


def test_six_processes_at_once_lose_and_double_nothing(site: Loopback, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    environment = {**os.environ, "PYTHONPATH": str(CLIENTS / "python")}
    command = [sys.executable, "-c", WORK, site.url, str(state)]
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    said = [each.communicate(timeout=120)[0] for each in running]
    assert [lines.split()[-1] for lines in said] == ["300"] * 6
    assert sum("UPHELD_BEACON" in lines for lines in said) == 1, "one of them says the line of the first run"
    [day] = json.loads(state.read_text())["days"].values()
    assert day == {"1.2.3 linux-x64": {"start": 1_800}}


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_death_while_saving_leaves_the_state_before(site: Loopback, tmp_path: Path, step: str, beacon: Make) -> None:
    state = tmp_path / "state.json"
    run(site, state, then="beacon.save()")
    before = state.read_bytes()
    dies = f"import os, signal; os.{step} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)"
    dies += "; beacon.count('start'); beacon.save()"
    assert run(site, state, then=dies).returncode == -signal.SIGKILL
    after = state.read_bytes()
    assert json.loads(after)["days"] == json.loads(before)["days"]
    counting = beacon(clock=time.time)
    counting.count("start")
    assert counting.save(), "its lock did not outlive it"
    [day] = json.loads(state.read_text())["days"].values()
    assert day["1.2.3 linux-x64"]["start"] == 2


def test_a_lock_that_others_hold_is_waited_for_and_then_let_be(beacon: Make, tmp_path: Path) -> None:
    counting = beacon()
    counting.count("start")
    with Store(tmp_path / "state.json")._locked(1):
        began = time.monotonic()
        assert not counting.save(0.1)
        assert time.monotonic() - began < 1
    assert counting.save()
    assert '"start": 1' in counting.show()


def test_a_child_counts_its_own_and_not_its_parents(site: Loopback, tmp_path: Path) -> None:
    then = "import os\nchild = os.fork()\nbeacon.count('display', 'webvr')\nif child: os.waitpid(child, 0)"
    done = run(site, tmp_path / "state.json", then=then)
    assert (done.returncode, done.stdout) == (0, "")
    [places] = json.loads((tmp_path / "state.json").read_text())["days"].values()
    assert places == {"1.2.3 linux-x64": {"start": 1, "display.webvr": 2}}


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", '{"v": 1, "days": 3}', '{"v": 1, "more": 1}', '{"v": 2}', '{"v": 1, "sends": "x"}',
        '{"v": 1, "level": "high"}', '{"v": 1, "days": {"today": {}}}',
        '{"v": 1, "days": {"2026-11-23": {"a b": {"c": "1"}}}}',
        "[" * 9_000,
    ],
    ids=lambda text: str(text[:24]),
)  # fmt: skip
def test_a_state_that_cannot_be_read_counts_nothing_until_the_user_chooses(
    beacon: Make, tmp_path: Path, text: str
) -> None:
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(Damaged):
        Store(tmp_path / "state.json").read()
    counting = beacon()
    counting.count("start")
    assert counting.level == "off"
    assert (tmp_path / "state.json").read_text() == text, "it may say that the user chose off"
    counting.choose("counters")
    counting.count("start")
    assert '"start": 1' in counting.show()


def test_the_state_is_its_users_alone_and_its_name_tells_no_number(
    beacon: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "states"))
    counting = beacon(state=None)
    counting.count("start")
    counting.save()
    [path] = (tmp_path / "states" / "upheld-beacon").glob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert NUMBER not in str(path)


def test_nothing_is_written_when_nothing_changed(beacon: Make, tmp_path: Path, clock: Clock) -> None:
    counting = beacon()
    counting.count("start")
    counting.save()
    written = (tmp_path / "state.json").stat().st_ino
    counting.save()
    counting.show()
    beacon().close()
    assert (tmp_path / "state.json").stat().st_ino == written


def test_a_state_is_what_was_written(tmp_path: Path) -> None:
    made = State(number="n", days={"2026-11-23": {"1 any": {"start": 2}}}, sent={"2026-11-23": 1}, told=True)
    store = Store(tmp_path / "deep" / "state.json")
    store.change(lambda state: state.__dict__.update(made.__dict__))
    assert store.read() == made
    assert states.VERSION == 1
