"""Killed at each step, no letter is lost on its way in, and none counts twice."""

import os
import smtplib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from django.conf import settings

from tests import instance
from tests.crash import kill_at_each_step
from tests.mailbox.arriving import letter
from tests.mailbox.dovecot import Dovecot
from upheld.conversations.models import Conversation
from upheld.home import Home
from upheld.mailbox.intake import listening, maildir
from upheld.mailbox.intake.imap import Account, Box
from upheld.mailbox.intake.listening import Door, Listener
from upheld.mailbox.intake.taking import Patience
from upheld.mailbox.models import Taken
from upheld.policy import force
from upheld.web import tls

MAILBOX = "UPHELD_TEST_MAILBOX"  # where the processes that we start find the server
SECONDS = 60.0


def folder() -> Path:
    return settings.HOME.folder / "Maildir"


def counts_once() -> None:
    assert Taken.objects.count() == 1
    assert Conversation.objects.count() == 1


def deliver_a_file() -> None:
    for name in ("new", "cur"):
        (folder() / name).mkdir(parents=True)
    (folder() / "new" / "1.host").write_bytes(letter())


def empty_the_maildir() -> None:
    assert maildir.empty(folder(), Patience()) == 1


def the_file_counts_once_and_is_gone() -> None:
    maildir.empty(folder(), Patience())
    counts_once()
    assert not list((folder() / "new").iterdir())


def test_a_maildir_loses_nothing() -> None:
    steps = kill_at_each_step(empty_the_maildir, before=deliver_a_file, check=the_file_counts_once_and_is_gone)
    assert steps > 5


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dovecot]:
    place = Path(mkdtemp(prefix="imap-", dir=os.environ[instance.RUN]))
    place.chmod(0o711)
    home = Home(place / "authority")
    home.make_folders()
    files = tls.ensure(home)
    server = Dovecot.start(place / "dovecot", files.certificate, files.key)
    monkeypatch.setenv(MAILBOX, server.url())
    yield server
    server.stop()


def empty_the_mailbox() -> None:
    """A letter comes, unless that of the time before is there yet."""
    box = Box(Account.of(os.environ[MAILBOX]))
    if not box.waiting():
        box._connected().append(letter())
    assert box.empty() == 1


def the_letter_counts_once_and_is_gone() -> None:
    box = Box(Account.of(os.environ[MAILBOX]))
    box.empty()
    counts_once()
    assert box.waiting() == 0


def test_a_mailbox_loses_nothing(server: Dovecot) -> None:
    assert kill_at_each_step(empty_the_mailbox, check=the_letter_counts_once_and_is_gone) > 5
    assert not server.files()


class Here(Executor):
    """Does it in the thread that asks, the one whose steps are counted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


def hand_over() -> None:
    """A client that forgets its letter only when it was told that it is taken."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # that thread is the loop's as well
    listening.ThreadPoolExecutor = lambda *_: Here()  # type: ignore[assignment,misc]  # in a process of its own
    listener = Listener(Door("smtp", "127.0.0.1", 0))
    client = threading.Thread(target=send, args=[listener])
    client.start()
    listener.run()
    client.join(SECONDS)
    assert (settings.HOME.folder / "told").exists()


def send(listener: Listener) -> None:
    try:
        assert listener.listens.wait(SECONDS)
        with smtplib.SMTP("127.0.0.1", listener.port, timeout=SECONDS) as client:
            client.sendmail("ada@example.org", [force.in_force().controller.contact], letter())
        (settings.HOME.folder / "told").touch()
    finally:
        listener.stop()


def the_letter_counts_once() -> None:
    if not (settings.HOME.folder / "told").exists():
        hand_over()
    counts_once()


def test_a_listener_loses_nothing() -> None:
    assert kill_at_each_step(hand_over, check=the_letter_counts_once) > 3
