import pytest

from tests.accounts.people import Someone, someone


@pytest.fixture
def ada(db: None) -> Someone:
    """A person who signed up."""
    return someone()


@pytest.fixture
def eve(db: None) -> Someone:
    """Another one."""
    return someone("eve@example.net", "another harbour in june")
