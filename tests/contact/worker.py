"""A worker that does nothing but hand letters over, forked anew whenever it is killed. It ends with its input.

    python -m tests.contact.worker smtp://127.0.0.1:2525 LOG

prints the id of each process that it forks. Into LOG goes a line before each letter that is handed over and one after
it: when, by the clock that all processes of a machine share, and the letter's id.
"""

import os
import signal
import sys
import threading
import time
from typing import Any

import django

WORKERS: list[int] = []


def main(url: str, log: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from upheld.contact import delivering as delivering  # what a fork need not import any more

    threading.Thread(target=end_with_input, daemon=True).start()
    while True:
        mother, worker = os.getpid(), os.fork()
        if not worker:
            work(url, log, mother)
        WORKERS.append(worker)
        sys.stdout.write(f"{worker}\n")
        sys.stdout.flush()
        os.waitpid(worker, 0)


def end_with_input() -> None:
    sys.stdin.read()
    os.kill(WORKERS[-1], signal.SIGKILL)
    os._exit(0)


def work(url: str, log: str, mother: int) -> None:
    from django.conf import settings

    from upheld.contact import delivering
    from upheld.contact.outbox import Outbox

    class Told(Outbox):
        def send_messages(self, messages: Any) -> int:
            for message in messages:
                tell(message)
            sent = super().send_messages(messages)
            for message in messages:
                tell(message)
            return sent

    def tell(message: Any) -> None:
        line = f"{time.monotonic_ns()} {message.extra_headers['Message-ID'][1:37]}\n"
        os.write(told, line.encode())

    told = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    settings.HOME.settings["mail.url"] = url
    delivering.get_connection = Told  # type: ignore[assignment]  # the instance's own, and it tells
    while os.getppid() == mother:
        delivering.deliver_due()
        time.sleep(0.001)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
