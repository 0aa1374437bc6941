"""What every test can ask for. The instance that they run in is made by `tests.instance`."""

import email
import email.policy
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import hypothesis
import pytest
from django.db import connections
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from tests.canaries import Canaries
from tests.people import Person, begin, confirm
from upheld.home import Home
from upheld.policy import decisions
from upheld.vault.keys import ring

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

NEEDS_DATABASES = {"db", "transactional_db"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Data and keys rest in two databases, and a test that may use one may use both."""
    for item in items:
        marks = list(item.iter_markers("django_db"))
        for mark in marks:
            mark.kwargs.setdefault("databases", "__all__")
        if not marks and NEEDS_DATABASES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.django_db(databases="__all__"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The test databases are where the instance's are: files beside its keys, or this process's own on the server."""
    for connection in connections.all():
        connection.settings_dict["TEST"]["NAME"] = str(connection.settings_dict["NAME"])


@pytest.fixture(scope="session")
def home() -> Home:
    """The folder of the instance that this process tests in."""
    return Home.here()


@pytest.fixture(autouse=True)
def _memory_as_new() -> None:
    """What this process remembers of the key store goes when its rows go."""
    ring._service_key.cache_clear()


ABOVE = {"cases", "cli", "desk", "staff"}
"""The folders whose tests need a case that stands. The rooms below are tried by made-up clerks, as in a project that
embeds them and has no desk."""


@pytest.fixture(autouse=True)
def _no_desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.path.parent.name not in ABOVE:
        monkeypatch.setattr(decisions, "_guards", [])


@pytest.fixture(autouse=True)
def _folder_as_made() -> Iterator[None]:
    """What a test leaves in the instance's folder goes when its rows go."""
    folder = Home.here().folder
    made = {path: path.read_bytes() for path in _files(folder)}
    yield
    for path in _files(folder):
        if path not in made:
            path.unlink()
    for path, content in made.items():
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)


def _files(folder: Path) -> list[Path]:
    """Keys, settings, policies, letters, the last checkpoint: all but the databases, which are mended by rollback,
    and the sandbox's folder, whose program may be running."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_relative_to(folder / "sandbox"))
    return [path for path in files if ".sqlite3" not in path.name]


@pytest.fixture
def canaries() -> Canaries:
    """Values that occur nowhere else: `canaries["email"]`."""
    return Canaries()


@pytest.fixture
def letters(home: Home, settings: Settings) -> Callable[[], list[EmailMessage]]:
    """The letters that went out so far, oldest first; from here on they go where an instance's do."""
    settings.EMAIL_BACKEND = "upheld.contact.outbox.Outbox"  # Django's test runner puts one that keeps them in memory

    def sent() -> list[EmailMessage]:
        files = sorted(home.letters.glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    return sent


@pytest.fixture
def person(
    db: None,
    canaries: Canaries,
    letters: Callable[[], list[EmailMessage]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Person:
    """Somebody who signed up and confirmed; what they typed is the canaries' email and password."""
    with django_capture_on_commit_callbacks(execute=True):
        begun = begin(canaries["email"], canaries["password"])
    with django_capture_on_commit_callbacks(execute=True):
        return confirm(begun, letters()[-1])
