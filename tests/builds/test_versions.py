"""Versions are those of Semantic Versioning 2.0.0, and in its order."""

from itertools import pairwise

import pytest

from upheld.builds.versions import order

# Section 11 of the specification, in its own words and order.
RISING = [
    "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
    "1.0.0", "2.0.0", "2.1.0", "2.1.1", "2.10.0", "10.0.0",
]  # fmt: skip


@pytest.mark.parametrize(("older", "newer"), list(pairwise(RISING)))
def test_each_comes_before_the_next(older: str, newer: str) -> None:
    assert order(older) < order(newer)


def test_what_stands_after_the_plus_counts_for_nothing() -> None:
    assert order("1.0.0+20261124") == order("1.0.0")


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.2", "01.2.3", "1.2.3-01", "1.2.3-", "1.2.3+", "v1.2.3", "1.2.3 ", "1.2.3\n", "1.2.3-ä", "\u0661.2.3"],
)
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 1\.4\.0"):
        order(text)


@pytest.mark.parametrize("text", ["0.0.0", "1.2.3-0a.b-c.0", "1.2.3--", "1.2.3-x+y.01"])
def test_what_is_one_is_taken(text: str) -> None:
    assert order(text)
