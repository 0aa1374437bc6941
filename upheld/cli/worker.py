"""`upheld worker`: what happens without anyone asking. `upheld serve` runs one; more may run beside it."""

import signal
import threading
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from upheld.mailbox.intake.listening import Listener

STOP = {signal.SIGINT, signal.SIGTERM}
FINISH_SECONDS = 6.0


@click.command(name="worker", epilog="Example: upheld worker")
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when the process that started this one ends.")
def command(with_parent: bool) -> None:
    """Work in the background alone.

    That is to sequence the ledger, check promises, and expire what is due. `upheld serve` does this as well; a worker
    of its own is for a second machine.
    """
    from upheld import lifeline
    from upheld.cli import start
    from upheld.cli.instance import open_instance

    if with_parent:
        lifeline.hold()
    open_instance()
    start.check()
    work()


def work() -> None:
    """Run each lane of periodic work in a thread of its own, and the listener for letters if the settings name one,
    until a signal says to stop."""
    from upheld.cli.periodic import EVERY, Lane

    # Blocked here, and so in every thread: a signal waits until it is asked for below, and interrupts nothing.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
    stopping = threading.Event()
    threads: list[threading.Thread] = [Lane(rounds, stopping) for rounds in EVERY]
    door = listener()
    threads += [door] if door else []
    for each in threads:
        each.start()
    signal.sigwait(STOP)
    stopping.set()
    if door:
        door.stop()
    until = time.monotonic() + FINISH_SECONDS  # what is in hand ends; every verb is safe to interrupt after that
    for each in threads:
        each.join(max(0.0, until - time.monotonic()))


def listener() -> "Listener | None":
    """Who takes letters in at mail.listen; by SMTP, with the site's own certificate."""
    from django.conf import settings

    from upheld.mailbox.intake.listening import Door, Listener
    from upheld.web import tls

    url = settings.HOME.text("mail.listen")
    return Listener(Door.of(url), certificate=lambda: tls.context(settings.HOME)) if url else None
