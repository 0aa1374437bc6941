"""`upheld worker`: what happens without anyone asking. `upheld serve` runs one; more may run beside it."""

import signal
import threading

import click


@click.command(name="worker", epilog="Example: upheld worker")
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when the process that started this one ends.")
def command(with_parent: bool) -> None:
    """Work in the background alone.

    That is to sequence the ledger, run tasks, and expire what is due. `upheld serve` does this as well; a worker
    of its own is for a second machine.
    """
    from upheld.cli import lifeline, start
    from upheld.cli.instance import open_instance

    if with_parent:
        lifeline.hold()
    stopping = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stopping.set())
    open_instance()
    start.check()
    work(stopping)


def work(stopping: threading.Event) -> None:
    """Run periodic work here and tasks in a thread beside it, until told to stop."""
    from upheld.cli.periodic import EVERY, Round
    from upheld.cli.tasks import Tasks

    tasks = Tasks(stopping)
    tasks.start()
    rounds = [Round(seconds, verb) for seconds, verb in EVERY]
    while not stopping.is_set():
        for each in rounds:
            each.run_if_due()
        stopping.wait(min(each.wait for each in rounds))
    tasks.finish()
