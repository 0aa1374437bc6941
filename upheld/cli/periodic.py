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
from upheld.backups import copying, making, telling
from upheld.builds import counting as reported
from upheld.builds import uploads
from upheld.cases import counting, glass
from upheld.cases import sweeping as cases
from upheld.cases import telling as reports
from upheld.cli import demo_usage
from upheld.contact import bulletins
from upheld.contact import verbs as contact
from upheld.conversations import verbs as conversations
from upheld.evidence import verbs as evidence
from upheld.mailbox import receiving
from upheld.mailbox.intake import imap, maildir
from upheld.orders import verbs as orders
from upheld.payments import verbs as payments
from upheld.rights import verbs as rights
from upheld.rights.checks import rehearsal
from upheld.rights.corrections import proposing
from upheld.staff import sweeping as staff
from upheld.vault.failing import told

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Rounds = tuple[tuple[float, Callable[[], object]], ...]

# What people wait for, what waits for a mail server or for somebody else's, and what may take its time: a lane each, so
# that none delays another. Letters that come in have one of their own, so that those that go out do not wait for them.
# Reports of builds are counted by the hour, so that the moment of it is that of many, and tells of none.
EVERY: tuple[Rounds, ...] = (
    ((1, ledger.sequence),),
    ((1, contact.deliver_due), (MINUTE, bulletins.resume), (HOUR, contact.forget_keys)),
    ((5, imap.take_all), (5, maildir.take_all)),
    ((10, evidence.sound_due),),
    ((MINUTE, copying.copy_record),),
    ((HOUR, making.make_due),),
    ((HOUR, reported.count_due), (HOUR, demo_usage.publish_due), (DAY, reported.expire_due)),
    (
        (3, rights.carry_out_due),
        (MINUTE, rights.end_over),
        (MINUTE, rights.lift_due),
        (MINUTE, cases.settle),
        (MINUTE, glass.lapse_due),
        (MINUTE, reports.tell_due),
        (5 * MINUTE, counting.count_due),
        (HOUR, rights.remind_due),
        (HOUR, rights.expire_due),
        (HOUR, proposing.expire_due),
        (HOUR, conversations.sweep),
        (MINUTE, telling.tell_due),
    ),
    (
        (10, payments.recover),
        (MINUTE, orders.sweep),
        (MINUTE, payments.tell_processor),
        (HOUR, payments.tell_expiring),
    ),
    (
        (MINUTE, rights.resume),
        (MINUTE, vault.resume),
        (5 * MINUTE, accounts.sweep),
        (5 * MINUTE, staff.sweep),
        (5 * MINUTE, rehearsal.sweep),
        (DAY, vault.expire_due),
        (HOUR, uploads.sweep),
        (DAY, receiving.forget_taken),
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
    """One line about a failure, which says nothing of whom it was about."""
    click.echo(f"upheld: {what} failed and is tried again: {told(error)}", err=True)
    sys.stderr.flush()
