"""A policy may give people some days in which they can take a deletion back."""

import pytest

from tests.policy.shop import changed
from upheld.policy import Malformed, Policy, loads
from upheld.policy.differences import Effect, diff


def policy(undo: str = "") -> Policy:
    text = changed(("\nretention:\n", f"\nerasure: {{undo: {undo}}}\nretention:\n")) if undo else changed()
    return loads(text.encode())


def test_without_the_key_it_is_carried_out_at_once() -> None:
    assert (policy().undo, policy("0d").undo, policy("3d").undo, policy("30d").undo) == (0, 0, 3, 30)


@pytest.mark.parametrize("said", ["31d", "3m", "-1d", "three days", "3"])
def test_anything_else_is_refused(said: str) -> None:
    with pytest.raises(Malformed, match=r"not a number of days from 0d to 30d|is a text"):
        policy(said)


def test_a_longer_time_keeps_more() -> None:
    [longer] = diff(policy("1d"), policy("3d"))
    assert (longer.section, longer.effect) == ("erasure", Effect.LOOSENS)
    assert "after 1 day, in which it can be taken back before, and after 3 days" in longer.sentence
    [none] = diff(policy("3d"), policy())
    assert none.effect == Effect.TIGHTENS
    assert none.sentence.endswith("at once now.")
