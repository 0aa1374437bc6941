from collections.abc import Iterator

import pytest

from tests.backups.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = World.made()
    yield made
    made.remove()
