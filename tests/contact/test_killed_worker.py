"""Opt-outs against a worker in a process of its own, which is killed at any moment and started again."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.contact.server import Server
from tests.contact.test_queue import Special, queued, refuse, someone
from tests.instance import PROJECT
from upheld.accounts.letters import SignUpCode
from upheld.contact import verbs
from upheld.contact.models import Address, Letter
from upheld.policy.actors import Actor

pytestmark = pytest.mark.django_db(transaction=True)
TURNS = int(os.environ.get("UPHELD_RACES", "50"))
LONGEST = 120.0  # seconds in which a letter has ended, on the slowest of machines


class Worker:
    """The process that forks workers, and what they and the mail server tell."""

    def __init__(self, server: Server, log: Path) -> None:
        self.server, self.log = server, log
        log.touch()
        url = f"smtp://127.0.0.1:{server.server_address[1]}"
        command = [sys.executable, "-m", "tests.contact.worker", url, str(log)]
        self.process = subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        self.pid = self._next()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.pid = self._next()

    def handed_over(self, letter: Letter) -> list[float]:
        """When each handing over of it began, and when it ended."""
        lines = [line.split() for line in self.log.read_text().splitlines()]
        return [int(at) / 1e9 for at, id in lines if id == str(letter.pk)]

    def arrived(self, letter: Letter) -> int:
        """How many copies the server took, each under the letter's own Message-ID."""
        return sum(f"Message-ID: <{letter.pk}@".encode() in message for message in self.server.received)

    def end(self) -> None:
        self.process.communicate()

    def _next(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        worker = Worker(server, tmp_path / "told")
        yield worker
        worker.end()
        server.shutdown()


def ended(letter: Letter) -> str:
    """What became of it, once something has."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        letter.refresh_from_db()
        if letter.ending:
            return str(letter.ending)
        time.sleep(0.002)
    raise AssertionError("the letter is still under way")


def sometime(takes: list[float]) -> None:
    time.sleep(random.random() * 1.5 * takes[-1])  # noqa: S311 - when, not what


def kill_sometime(worker: Worker, takes: list[float]) -> None:
    sometime(takes)
    worker.kill()


def race(worker: Worker, ada: Address, takes: list[float], monkeypatch: pytest.MonkeyPatch) -> str:
    """One letter of news, an opt-out and, every other time, a death."""
    verbs.record_choice(
        ada.subject, topic=Special.purpose, allowed=True, by=Actor.person(ada.subject), source="account"
    )
    begun, letter = time.monotonic(), queued(Special(ada.subject), ada, monkeypatch)
    killing = threading.Thread(target=kill_sometime, args=(worker, takes))
    if is_deadly := bool(random.getrandbits(1)):
        killing.start()
    sometime(takes)
    refuse(ada)
    answered = time.monotonic()
    ending = ended(letter)
    with suppress(RuntimeError):  # it was not started
        killing.join()
    if not is_deadly and ending == "sent":
        takes.append(max(worker.handed_over(letter)) - begun)
    assert all(at <= answered for at in worker.handed_over(letter)), "a letter left after the opt-out was answered"
    assert worker.arrived(letter) in {"sent": [1], "refused": [0], "unknown": [0, 1]}[ending]
    return ending


def test_an_opt_out_holds_whenever_the_worker_dies(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, takes, endings = someone(), [0.05], Counter[str]()
    for _ in range(TURNS):
        endings[race(worker, ada, takes, monkeypatch)] += 1
    assert min(endings["sent"], endings["refused"]) > 0, "the two never raced"


def test_a_letter_that_nobody_can_refuse_arrives_whenever_the_worker_dies(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, takes = someone(), [0.05]
    for _ in range(TURNS // 4):
        begun, letter = time.monotonic(), queued(SignUpCode("482915"), ada, monkeypatch)
        kill_sometime(worker, takes)
        assert ended(letter) == "sent"
        takes.append(min(max(worker.handed_over(letter)) - begun, 1.0))
        assert 1 <= worker.arrived(letter) <= 2
