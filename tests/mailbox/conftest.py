"""What the tests of letters coming in can ask for."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.mailbox.arriving import Room
from tests.mailbox.listening import SECONDS, Listen
from tests.mailbox.post import Post, poster
from tests.rights.conftest import Planted, plant
from upheld.mailbox.intake.listening import Door, Listener
from upheld.policy import force


@pytest.fixture
def post(db: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Post:
    """Hand a letter in: `post(raw)`."""
    return poster(django_capture_on_commit_callbacks)


@pytest.fixture
def ann(transactional_db: None) -> Planted:
    return plant({"email": "ann.canary@example.org", "password": "canary-hash-of-ann", "device": "Canary on Ann"})


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room.put(monkeypatch)


@pytest.fixture
def listen(room: Room) -> Iterator[Listen]:
    running: list[Listener] = []

    def start(way: str = "smtp", **how: Any) -> Listener:
        listener = Listener(Door(way, "127.0.0.1", 0), **how)
        listener.start()
        assert listener.listens.wait(SECONDS)
        running.append(listener)
        return listener

    yield start
    for each in running:
        each.stop()
        each.join(SECONDS)
        assert not each.is_alive()


@pytest.fixture
def privacy(home: Any) -> str:
    """The policy's contact address."""
    return force.in_force().controller.contact
