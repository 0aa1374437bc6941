"""The beacon: counts in memory, saves every few seconds, and sends in a thread of its own."""

from __future__ import annotations

import atexit
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from . import days
from .choices import choose, forget, line, shown
from .exchange import Exchange, day_of
from .levels import level
from .sending import Transport, is_safe, post
from .state import State, Store, place

SAVE_EVERY = 5.0  # seconds
LOOK_EVERY = 600.0  # seconds between two looks whether something is due
ENDING = 0.9  # seconds that an exit may wait
DAY = 86_400
Events = Mapping[str, Any]
"""Of each event an iterable of its values, or a mapping with one under "values"."""
Fresh = dict[tuple[int, str], int]
"""Counts by day since 1970 and by what was counted, which are not in the file yet."""


class Beacon:
    """Counts for one build. Only `choose`, `forget` and `show` can raise, and only OSError or ValueError.

    `events` is the vocabulary: each event with its values, or with none; or as `upheld usage vocabulary --json` has it.
    `level` is the product's own word and `default` the policy's; the user's goes before both. `debug` is told, in a
    sentence, what was not counted and why. `notice` is given the line of the first run, which else goes to standard
    error. Without `background` nothing happens by itself: call `save` and `send`.
    """

    def __init__(
        self,
        *,
        number: str,
        product: str,
        version: str,
        platform: str,
        site: str,
        events: Events,
        level: str | None = None,
        default: str = "counters",
        state: str | os.PathLike[str] | None = None,
        notice: Callable[[str], object] | None = None,
        debug: Callable[[str], object] | None = None,
        transport: Transport = post,
        clock: Callable[[], float] = time.time,
        background: bool = True,
    ) -> None:
        self.number, self.product, self.site = number, product, site.rstrip("/")
        self._where = f"{version} {platform}"
        self._said = (level, default)
        self._notice, self._debug, self._clock = notice or _to_standard_error, debug, clock
        self._background = background
        self._lock = threading.RLock()  # a signal's handler may count while its thread counts
        self._fresh: Fresh = {}
        self._known = dict(_vocabulary(events))
        self._level, self._forgets = "off", False
        self._store = Store(Path(state) if state else place(number))
        self._exchange = Exchange(self._store, transport, clock)
        self._end, self._ended = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._begin(version, platform)

    @property
    def level(self) -> str:
        """How far counting goes now: "off", "local" or "counters"."""
        return self._level

    def count(self, event: str, value: str = "", times: int = 1) -> None:
        """Something happened. Takes a microsecond, never waits for a disk or network, and never raises."""
        if self._level == "off":
            return
        try:
            key = (int(self._clock()) // DAY, self._known[event, value])
            if type(times) is not int or times < 1:
                raise ValueError
            with self._lock:
                self._fresh[key] = self._fresh.get(key, 0) + times
        except Exception as why:  # the product goes on, whatever was passed
            self._tell(
                f"Nothing was counted: {event!r} with {value!r} is not in the vocabulary ({type(why).__name__})."
            )

    def save(self, patience: float = 1.0) -> bool:
        """Add what was counted to the file; whether that could be done. What could not be saved waits in memory."""
        with self._lock:
            fresh, self._fresh = self._fresh, {}
        if not fresh:
            return True
        try:
            self._know(self._store.change(lambda state: self._add(state, fresh), patience))
        except OSError as why:
            self._put_back(fresh)
            self._tell(f"Counts are not saved yet. {why}")
            return False
        return True

    def send(self, *, leaving: bool = True) -> bool:
        """Report what was not reported, now; whether nothing is left. For a product that has no background."""
        self.save()
        reports = self._level == "counters"
        if not reports and not self._forgets:
            return False
        try:
            done = self._exchange.send(leaving=leaving, reports=reports)
            self._know(self._store.read())
        except OSError as why:
            self._tell(f"Nothing was sent. {why}")
            return False
        return done

    def show(self) -> str:
        """Exactly what would be sent next; empty when nothing would be."""
        self.save()
        state = self._store.read()
        if self._now(state) != "counters" or state.forget:
            return ""
        return shown(state, self._clock())

    def choose(self, wanted: str) -> None:
        """The user's choice, which stays. What was counted and not sent is not sent after "off" or "local". After
        "counters" a site that had said that it takes no more is asked again.

        Raises ValueError for no level, and OSError when it cannot be kept: say so, it does not hold then.
        """
        self.save()
        self._know(self._store.change(lambda state: choose(state, wanted), anew=True))
        if self._level == "off":
            with self._lock:
                self._fresh = {}

    def forget(self) -> bool:
        """Delete what was counted, here and at the site; whether the site has confirmed it, or does not know the
        number. Else it is asked again.

        Raises OSError when the file cannot be changed.
        """
        with self._lock:
            self._fresh = {}
        state = self._store.change(lambda state: forget(state, self._clock()), anew=True)
        done = self._exchange.forget(state)
        self._know(self._store.read())
        return done

    def close(self) -> None:
        """Save, and send what is left, for no longer than a second. Called by itself when the program ends."""
        atexit.unregister(self.close)
        self._end.set()
        if self._thread and self._thread.is_alive():
            self._ended.wait(ENDING)
        else:
            self.save(ENDING / 3)

    def _begin(self, version: str, platform: str) -> None:
        wrong = _wrong(self.number, self.product, version, platform, self.site)
        if wrong:
            self._known = {}
            self._tell(f"Nothing is counted. {wrong}")
            return
        try:
            self._know(self._store.read(ENDING / 3))
            if self._level != "off":
                self._know(self._store.change(self._introduce, ENDING / 3))
        except TimeoutError:
            self._know(State())  # others hold it: what the user chose there is heard before anything is saved
        except OSError as why:
            self._level = "off"
            self._tell(f"Nothing is counted, since there is no place for it. {why}")
            return
        if self._background:
            self._start()

    def _start(self) -> None:
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)
        atexit.register(self.close)
        self._thread = threading.Thread(target=self._run, name="upheld-beacon", daemon=True)
        self._thread.start()

    def _forked(self) -> None:
        """In a child: what was counted is the parent's to save, and no thread came along."""
        self._lock, self._fresh = threading.RLock(), {}
        if self._thread and not self._end.is_set():
            self._end, self._ended = threading.Event(), threading.Event()
            self._thread = threading.Thread(target=self._run, name="upheld-beacon", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        look = time.monotonic()
        while not self._end.wait(SAVE_EVERY):
            self._carefully(self.save)
            if time.monotonic() >= look:
                self._carefully(partial(self.send, leaving=False))
                look = time.monotonic() + LOOK_EVERY * (0.5 + random.random())  # noqa: S311 - spreads builds, hides nothing
        self._exchange.patience = ENDING / 3
        self._carefully(self.send)
        self._ended.set()

    def _carefully(self, act: Callable[[], bool]) -> None:
        try:
            act()
        except Exception as why:  # the thread's own loop: the product does not hear of it
            self._tell(f"Nothing was sent. {type(why).__name__}: {why}")

    def _add(self, state: State, fresh: Fresh) -> None:
        today = day_of(self._clock())
        self._introduce(state)
        now = self._now(state)
        if now == "off":
            return
        into = state.days if now == "counters" else state.local
        for (number, what), times in fresh.items():
            day = _iso(number)
            if not (day <= state.erased <= (today + timedelta(days=1)).isoformat()):
                days.add(into, day, self._where, what, times)
        days.bound(into, today)

    def _introduce(self, state: State) -> None:
        """Say on the first run, before anything is counted, what is."""
        state.number, state.product, state.site = self.number, self.product, self.site
        if not state.told and self._now(state) != "off":
            state.told = True
            self._say(line(self.product, self.site, self._now(state)))

    def _now(self, state: State) -> str:
        found = level(os.environ, state.level, *self._said)
        return "local" if found == "counters" and state.stopped else found

    def _know(self, state: State) -> None:
        self._level, self._forgets = self._now(state), state.forget

    def _put_back(self, fresh: Fresh) -> None:
        today = int(self._clock()) // DAY
        with self._lock:
            for key, times in fresh.items():
                self._fresh[key] = self._fresh.get(key, 0) + times
            far = sorted({number for number, _ in self._fresh}, key=lambda number: abs(number - today))
            gone = set(far[days.LONGEST :])
            self._fresh = {key: times for key, times in self._fresh.items() if key[0] not in gone}

    def _tell(self, sentence: str) -> None:
        if self._debug:
            _quietly(self._debug, sentence)

    def _say(self, sentence: str) -> None:
        _quietly(self._notice, sentence)


def _vocabulary(events: Events) -> Iterator[tuple[tuple[str, str], str]]:
    for event, values in events.items():
        listed = tuple(values["values"] if isinstance(values, Mapping) else values)
        for value in listed:
            yield (event, value), f"{event}.{value}"
        if not listed:
            yield (event, ""), event


def _wrong(number: str, product: str, version: str, platform: str, site: str) -> str:
    if not is_safe(site):
        return "The site must be an https address."
    if not (number and product and version and platform) or " " in version:
        return "A number, a product, a version and a platform must be given."
    return ""


def _iso(number: int) -> str:
    """A day by its number since 1970."""
    return day_of(number * DAY).isoformat()


def _to_standard_error(sentence: str) -> None:
    if sys.stderr:  # a program with windows has none
        sys.stderr.write(sentence + "\n")


def _quietly(hook: Callable[[str], object], sentence: str) -> None:
    """The product's own hooks do not stop it either."""
    with suppress(Exception):
        hook(sentence)
