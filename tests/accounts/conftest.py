import pytest
from pytest_django import Settings

from tests.accounts.people import Someone, someone
from upheld import settings as instance


@pytest.fixture
def real_hashes(settings: Settings) -> None:
    """Passwords are hashed as in an instance: that takes its time."""
    settings.PASSWORD_HASHERS = instance.PASSWORD_HASHERS


@pytest.fixture
def ada(db: None) -> Someone:
    """A person who signed up."""
    return someone()


@pytest.fixture
def eve(db: None) -> Someone:
    """Another one."""
    return someone("eve@example.net", "another harbour in june")
