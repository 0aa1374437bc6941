"""Who is told when money moved: rooms above, which this one does not know.

A watcher is called after the commit of what is new. A crash in between loses the call and not the record: whoever
watches must find what it missed by looking at the payments. What a watcher raises is logged and stops nothing.
"""

from collections.abc import Callable

from django.db import transaction

from upheld.payments.models import CHALLENGED, Payment
from upheld.payments.processor import Kind, State

Watcher = Callable[[Payment, frozenset[str]], None]

_watchers: list[Watcher] = []


def register(watcher: Watcher) -> None:
    """`watcher(payment, kinds)`: the values of `Kind` that moved, and what `kinds_of` says of instructions that failed.

    May be called twice for the same, and from any thread.
    """
    if watcher not in _watchers:
        _watchers.append(watcher)


def tell_after_commit(payment: Payment, kinds: frozenset[str]) -> None:
    def tell(watcher: Watcher) -> Callable[[], None]:
        return lambda: watcher(payment, kinds)  # Django wants a name to log, which functools.partial has not

    for watcher in _watchers:
        transaction.on_commit(tell(watcher), robust=True)


def kinds_of(asked: str, outcome: str) -> frozenset[str]:
    """What a watcher is told of an instruction that was not done: `challenged`, `cancelled` or `declined` of the
    authorisation; `refused` of taking, releasing and giving back, whose instruction says why."""
    if outcome in (CHALLENGED, State.CANCELLED):
        return frozenset({str(outcome)})
    return frozenset({"declined" if asked == Kind.AUTHORISE else "refused"})
