"""A process of the server ends with the one that started it, however that one ended: none is left behind."""

import os
import signal
import threading
import time

EVERY = 1.0  # seconds


def hold() -> None:
    """From now on, be told to stop as soon as the parent is gone."""
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent,), daemon=True, name="lifeline").start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
