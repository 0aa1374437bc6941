"""A sealed value shows that it is held, and cannot slip out by accident."""

import copy
import json
import pickle
from collections.abc import Callable

import pytest

from upheld.vault.envelope import Origin
from upheld.vault.errors import SealedMisuse
from upheld.vault.sealed import SealedValue

HELD = SealedValue("email", "account", Origin("sign_up", 1_700_000_000))


def test_it_prints_as_a_mask() -> None:
    assert str(HELD) == repr(HELD) == "%s" % HELD == "•••"  # noqa: UP031 - the old way of printing is a way of printing
    assert repr([HELD]) == "[•••]"


def test_it_says_where_it_came_from() -> None:
    assert HELD.origin.source == "sign_up"
    assert HELD.origin.at == 1_700_000_000


@pytest.mark.parametrize(
    "misuse",
    [
        lambda: f"{HELD:>10}",
        lambda: f"{HELD}",
        lambda: HELD == "a@example.org",
        lambda: {HELD: 1},
        lambda: pickle.dumps(HELD),
        lambda: copy.copy(HELD),
        lambda: list(HELD),
        lambda: len(HELD),
        lambda: json.dumps(HELD),
        lambda: HELD.anything,
    ],
)
def test_it_refuses_everything_else(misuse: Callable[[], object]) -> None:
    with pytest.raises((SealedMisuse, TypeError, AttributeError)):
        misuse()
