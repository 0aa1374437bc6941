"""One letter of several is taken, and one that cannot be does not hold up the others."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from upheld.mailbox.answering import Outcome
from upheld.mailbox.authentic import Handed
from upheld.mailbox.receiving import receive
from upheld.vault.failing import told

log = logging.getLogger(__name__)
PAUSES = (60.0, 300.0, 1800.0, 7200.0)  # seconds before a letter that failed is tried again; the last ever after


def take(raw: bytes, *, way: str, handed: Handed | None = None) -> Outcome | None:
    """What became of the letter, on record; None when it could not be taken, and has to be kept and tried again."""
    try:
        return receive(raw, way=way, handed=handed)
    except Exception as error:  # a door: whatever went wrong, the letter is safe where it is
        log.warning("A letter could not be taken and is tried again: %s.", told(error))
        return None


@dataclass
class Patience:
    """Which things failed, how often, and when each may be tried again. In memory: a new process tries them all."""

    clock: Callable[[], float] = time.monotonic
    _failed: dict[str, tuple[int, float]] = field(default_factory=dict)

    def may_try(self, name: str) -> bool:
        return self.clock() >= self._failed.get(name, (0, 0.0))[1]

    def failed(self, name: str) -> None:
        times = self._failed.get(name, (0, 0.0))[0]
        self._failed[name] = times + 1, self.clock() + PAUSES[min(times, len(PAUSES) - 1)]

    def forget(self, name: str) -> None:
        self._failed.pop(name, None)

    def keep_only(self, names: set[str]) -> None:
        """What is in the box no more is forgotten."""
        for name in self._failed.keys() - names:
            del self._failed[name]
