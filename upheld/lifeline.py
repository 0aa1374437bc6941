"""A process of the server ends with the one that started it, however that one ended: none is left behind."""

import os
import signal
import threading
import time

EVERY = 1.0  # seconds
PATIENCE = 8.0  # seconds to stop in; a server that was only just starting may have missed that it was told


def hold(parent: int | None = None) -> None:
    """From now on, be told to stop as soon as the parent is gone. Its id, where it may be gone already."""
    threading.Thread(target=_watch, args=(parent or os.getppid(),), daemon=True, name="lifeline").start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(1)
