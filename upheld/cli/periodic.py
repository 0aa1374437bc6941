"""What is done again and again, each a verb of some room."""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import click
from django.db import close_old_connections, connections

from upheld import ledger, vault
from upheld.accounts import verbs as accounts
from upheld.evidence import verbs as evidence
from upheld.rights import rehearsal
from upheld.rights import verbs as rights

MINUTE = 60


Rounds = tuple[tuple[float, Callable[[], object]], ...]

# What people wait for, and what may take its time: a lane each, so that no check delays a place in the ledger.
EVERY: tuple[Rounds, ...] = (
    ((1, ledger.sequence),),
    (
        (MINUTE, rights.resume),
        (MINUTE, vault.resume),
        (5 * MINUTE, accounts.sweep),
        (5 * MINUTE, rehearsal.sweep),
        (MINUTE, evidence.run_due),
    ),
)


class Lane(threading.Thread):
    """Verbs that take turns, until told to stop."""

    def __init__(self, rounds: Rounds, stopping: threading.Event) -> None:
        super().__init__(name=f"lane of {rounds[0][1].__qualname__}", daemon=True)
        self._rounds = [Round(seconds, verb) for seconds, verb in rounds]
        self._stopping = stopping

    def run(self) -> None:
        while not self._stopping.is_set():
            for each in self._rounds:
                if not self._stopping.is_set():
                    each.run_if_due()
            self._stopping.wait(min(each.wait for each in self._rounds))
        connections.close_all()


@dataclass
class Round:
    """One verb and when it is next due."""

    seconds: float
    verb: Callable[[], object]
    due: float = 0.0

    @property
    def wait(self) -> float:
        return max(0.0, self.due - time.monotonic())

    def run_if_due(self) -> None:
        """Run it if it is due. Whatever it raises is told, and it is tried again next time."""
        if self.wait:
            return
        close_old_connections()
        try:
            self.verb()
        except Exception as error:
            tell(f"{self.verb.__module__}.{self.verb.__qualname__}", error)
        self.due = time.monotonic() + self.seconds


def tell(what: str, error: Exception) -> None:
    """One line about a failure: what and where, never the message, which may hold a value that someone gave us."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    click.echo(f"upheld: {what} failed and is tried again: {type(error).__name__} at {where}", err=True)
    sys.stderr.flush()
