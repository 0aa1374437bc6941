"""The tasks that rooms put aside for later (django-tasks), run one after the other."""

import threading

from django.db import connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from upheld.cli.periodic import tell

LOOK_SECONDS = 1.0
AGAIN_SECONDS = 5.0


class Tasks(threading.Thread):
    def __init__(self, stopping: threading.Event) -> None:
        super().__init__(name="tasks", daemon=True)
        self._stopping = stopping
        self._worker = Worker(
            queue_names=["*"],
            interval=LOOK_SECONDS,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._worker.run()
            except Exception as error:
                tell("Looking for tasks", error)
                self._stopping.wait(AGAIN_SECONDS)
        connections.close_all()

    def join(self, timeout: float | None = None) -> None:
        """Let the task in hand end, and take no other."""
        self._worker.running = False
        super().join(timeout)
