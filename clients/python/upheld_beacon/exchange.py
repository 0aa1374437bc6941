"""What is sent when, and what becomes of the state by each answer."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import Any

from . import days
from .sending import FORGET, LONGEST_WAIT, REPORT, Answer, Transport, wait
from .state import State, Store

A_DAY = 8  # reports at most, those on exit included
TRIES = 8  # posts of one sending: one refusal names one field
HELD_AFTER = 7  # days that a reported day is held on, for a clock that goes back
AT_ONCE = 60  # seconds that other processes leave a report to the one that sends it


def day_of(now: float) -> date:
    return datetime.fromtimestamp(now, timezone.utc).date()


@dataclass
class Exchange:
    """One build's letters to its site."""

    store: Store
    transport: Transport
    clock: Callable[[], float]
    patience: float = 1.0  # seconds to wait for the state
    made: dict[str, Any] = field(default_factory=dict)  # the report on its way
    forgets: bool = False  # whether a deletion is asked for instead
    unknown: bool = False  # whether the site said, asked for a deletion, that the number is none of its own

    def send(self, *, leaving: bool = False, reports: bool = True) -> bool:
        """Report what is due; whether nothing is left that could be. Raises OSError when the state cannot be had.

        Due is, once a day, what was counted before today; and with `leaving`, everything. Without `reports` only a
        deletion that waits is asked for.
        """
        for _ in range(TRIES):
            self.made, self.forgets = {}, False
            state = self.store.change(partial(self._prepare, leaving=leaving, reports=reports), self.patience)
            if self.forgets:
                return self.forget(state)
            if not self.made:
                return not days.waiting(state.days, state.sent, self._today())
            answer = self._post(state.site + REPORT, days.encode(self.made))
            state = self.store.change(partial(self._settle, answer=answer), self.patience)
            if not answer.refuses and not (answer.is_good and self._too_large_for_one(state)):
                return answer.is_good
            leaving = True  # what is left of this sending is due by the same right
        return False

    def forget(self, state: State) -> bool:
        """Have the site delete what it holds; whether it said that it did, or that the number is none of its own."""
        answer = self._post(state.site + FORGET, days.encode({"v": 1, "number": state.number}))
        self.unknown = answer.disowns
        done = answer.has_forgotten or self.unknown

        def settle(state: State) -> None:
            state.forget, state.retry_at = not done, 0
            if not done:
                self._postpone(state, answer)

        self.store.change(settle, self.patience)
        return done

    def _today(self) -> date:
        return day_of(self.clock())

    def _post(self, address: str, body: bytes) -> Answer:
        try:
            return self.transport(address, body)
        except OSError:
            return Answer(0)

    def _prepare(self, state: State, *, leaving: bool, reports: bool) -> None:
        """Make the report that is due, and keep other processes from making it at the same time."""
        now, today = self.clock(), self._today().isoformat()
        if (state.stopped and not state.forget) or now < state.retry_at <= now + LONGEST_WAIT:
            return
        sends = state.sends if state.sent_on == today else 0
        wanted = days.waiting(state.days, state.sent, self._today()) if reports else []
        finished = bool(wanted) and wanted[0] < today
        due = bool(wanted) and sends < A_DAY if leaving else finished and not sends
        self.forgets = state.forget
        if due and not self.forgets:
            self.made = days.report(state.number, state.product, state.days, wanted)
        if due or self.forgets:
            state.sent_on, state.sends, state.retry_at = today, sends + 1, int(now) + AT_ONCE

    def _too_large_for_one(self, state: State) -> bool:
        """Whether days were left out of the report that was just taken."""
        reported = {entry["day"] for entry in self.made["days"]}
        return bool(set(days.waiting(state.days, state.sent, self._today())) - reported)

    def _settle(self, state: State, *, answer: Answer) -> None:
        if answer.is_good:
            self._taken(state)
        elif answer.disowns:
            state.stopped, state.retry_at = True, 0
            state.days, state.sent = {}, {}
        elif answer.refuses:
            state.sends, state.retry_at = max(0, state.sends - 1), 0
            for day in {entry["day"] for entry in self.made["days"]}:
                state.sent.pop(day, None)
            days.drop_refused(state.days, self.made, answer.field or "")
        else:
            self._postpone(state, answer)

    def _taken(self, state: State) -> None:
        """The site's clock agreed with ours, so that what is too old or to come can go."""
        today = self._today()
        state.retry_at, state.failures = 0, 0
        for day in {entry["day"] for entry in self.made["days"]}:
            state.sent[day] = sum(_total(entry["counts"]) for entry in self.made["days"] if entry["day"] == day)
        first, last = days.window(today)
        done = (today - timedelta(days=HELD_AFTER)).isoformat()
        for day in list(state.days):
            reported = days.total(state.days[day]) <= state.sent.get(day, 0)
            if not first <= day <= last or (reported and day < done):
                del state.days[day]
        state.sent = {day: sum_ for day, sum_ in state.sent.items() if day in state.days}

    def _postpone(self, state: State, answer: Answer) -> None:
        # Chance spreads builds that fail together; nothing secret hangs on it.
        state.retry_at = int(self.clock()) + wait(state.failures, answer.retry_after, random.random())  # noqa: S311 - see above
        state.failures += 1
        state.sends = max(0, state.sends - 1)


def _total(counts: dict[str, Any]) -> int:
    return sum(_total(each) if isinstance(each, dict) else int(each) for each in counts.values())
