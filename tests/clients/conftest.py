"""Beacons as a product has them: their own package, one state, a site on this machine, a clock that moves."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CLIENTS = Path(__file__).parents[2] / "clients"
sys.path.insert(0, str(CLIENTS / "python"))

from upheld_beacon import Beacon  # noqa: E402 - see above

from tests.clients.loopback import Loopback, loopback  # noqa: E402 - the beacons are in no package of ours

NUMBER = "4K7QX-0M2ZD-9RC1V-HT5JW-8BN3G"
EVENTS: dict[str, list[str]] = {"start": [], "display": ["screen", "webvr"], "crash": ["graphics", "memory"]}
DAY = 86_400
NOON = 1_795_392_000 + DAY // 2  # 2026-11-23, in the middle of the day


class Clock:
    """Seconds since 1970, as the test says."""

    def __init__(self) -> None:
        self.now = float(NOON)

    def __call__(self) -> float:
        return self.now

    def tomorrow(self, days: int = 1) -> None:
        self.now += days * DAY


@pytest.fixture(autouse=True)
def nobody_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DO_NOT_TRACK", "UPHELD_BEACON"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def site() -> Iterator[Loopback]:
    with loopback() as found:
        yield found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def beacon(site: Loopback, clock: Clock, tmp_path: Path) -> Callable[..., Beacon]:
    """Another process of the product: all share one state, and nothing happens in the background."""

    def make(**other: Any) -> Beacon:
        given: dict[str, Any] = {
            "number": NUMBER,
            "product": "engine",
            "version": "1.2.3",
            "platform": "linux-x64",
            "site": site.url,
            "events": EVENTS,
            "state": tmp_path / "state.json",
            "clock": clock,
            "background": False,
            "notice": lambda line: None,
        }
        return Beacon(**given | other)

    return make
