"""How fast letters go to one domain: no faster than the setting mail.domain_rate, and slower when it asks us to wait.

The domain of an address tells something about whoever has it. So it is written down nowhere: an address has a lane, two
bytes of a keyed digest of its domain, which some domains share. Letters of one lane wait; those of all others go on.
What a lane was told is remembered by the process alone: after a start each is asked anew.
"""

import hmac
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings

from upheld.vault.keys.ring import service_key

KEY = "lanes"
LANES = 1 << 15
SHORTEST, LONGEST = 60.0, 1800.0  # seconds: how long a domain is left alone that asked us to wait


def lane_of(address: str) -> int:
    domain = address.rpartition("@")[2].casefold()
    return int.from_bytes(hmac.digest(service_key(KEY), domain.encode(), "sha256")[:2], "big") % LANES


@dataclass(slots=True)
class Lane:
    """What one may still take (a bucket of tokens that fills at the rate), and until when it is left alone."""

    tokens: float
    at: float
    pause: float = 0.0
    until: float = 0.0


@dataclass
class Paces:
    """`rate` is in letters a minute, 0 for no limit; `clock` in seconds."""

    rate: Callable[[], int] = lambda: settings.HOME.number("mail.domain_rate")
    clock: Callable[[], float] = time.monotonic
    lanes: dict[int, Lane] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def may_go(self, lane: int | None) -> bool:
        """Whether a letter may go there now; then it counts as gone. One whose lane is unknown may."""
        if lane is None:
            return True
        with self.lock:
            found = self._now(lane)
            if self._rests(found):
                return False
            found.tokens -= bool(self.rate())
            return True

    def resting(self) -> list[int]:
        """The lanes where none may go now. Those of which there is nothing more to remember are forgotten."""
        with self.lock:
            now = {lane: self._now(lane) for lane in list(self.lanes)}
            for lane, found in now.items():
                if not found.pause and found.tokens >= self._most():
                    del self.lanes[lane]
            return [lane for lane, found in now.items() if self._rests(found)]

    def asked_to_wait(self, lane: int) -> None:
        """Twice as long each time in a row."""
        with self.lock:
            found = self._now(lane)
            found.pause = min(2 * found.pause or SHORTEST, LONGEST)
            found.until = self.clock() + found.pause

    def took_one(self, lane: int) -> None:
        with self.lock:
            found = self._now(lane)
            found.pause, found.until = 0.0, 0.0

    def forget(self) -> None:
        with self.lock:
            self.lanes.clear()

    def _now(self, lane: int) -> Lane:
        now = self.clock()
        found = self.lanes.setdefault(lane, Lane(self._most(), now))
        found.tokens = min(self._most(), found.tokens + (now - found.at) * self.rate() / 60)
        found.at = now
        return found

    def _rests(self, found: Lane) -> bool:
        return found.until > self.clock() or bool(self.rate() and found.tokens < 1)

    def _most(self) -> float:
        """A second's worth at once, which is how often the worker looks; one at least."""
        return max(1.0, self.rate() / 60)


paces = Paces()
