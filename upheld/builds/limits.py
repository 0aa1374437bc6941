"""How much is taken: from one build, and from all of them together.

How often a build reported today is counted in this process's memory alone, in a table of fixed size that is a day old
at most: no row tells when a build reported. Several builds share a place of it, so that none can be told from it.
"""

import secrets
import time
from array import array
from datetime import UTC, date, datetime, timedelta
from threading import Lock

from upheld.builds.errors import Overloaded, TooManyReports
from upheld.builds.models import Report

MOST_A_DAY = 200  # reports of one build, to one process
MOST_WAITING_OF_ONE = 48  # reports of one build that are not counted yet
MOST_WAITING = 500_000  # reports of all builds that are not counted yet
SOON = 60  # seconds until it makes sense to ask again: the worker counts once an hour
LOOK_EVERY = 1.0  # seconds
PLACES = 1 << 20


class Daily:
    """How many reports came today, by the last bits of the build's id."""

    def __init__(self, most: int = MOST_A_DAY) -> None:
        self._most, self._day, self._lock = most, date.min, Lock()
        self._places = array("H", bytes(2 * PLACES))

    def count(self, build: int, today: date) -> None:
        """One more. Raises TooManyReports, to be tried again when the next day begins (UTC)."""
        with self._lock:
            if today != self._day:
                self._day, self._places = today, array("H", bytes(2 * PLACES))
            place = build % PLACES
            if self._places[place] >= self._most:
                raise TooManyReports(_until_tomorrow())
            self._places[place] += 1


class Crowd:
    """Whether too many reports wait. Looked up once a second at most: a few more do no harm."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most, self._looked, self._many = most, -LOOK_EVERY, False

    def check(self) -> None:
        """Raises Overloaded, with a time to come back at that is not the same for all."""
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            self._many = Report.objects.all()[: self._most + 1].count() > self._most
        if self._many:
            raise Overloaded(SOON + secrets.randbelow(4 * SOON))


def _until_tomorrow() -> int:
    now = datetime.now(UTC)
    return int((datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC) - now).total_seconds()) + 1
