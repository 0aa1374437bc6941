"""Numbers are random, read back as people type them, and found where letters carry them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld import crockford
from upheld.conversations import numbers


def test_each_is_new_and_can_be_read_aloud() -> None:
    made = {crockford.new(numbers.LENGTH) for _ in range(1000)}
    assert len(made) == 1000
    assert all(set(each) <= set(crockford.SIGNS) and len(each) == 8 for each in made)


@pytest.mark.parametrize("typed", ["C-7K3Q9XM0", "7k3q9xmo", " c-7k3q 9xm0 ", "7K3Q-9XMO", "C-7K3Q.9XM0"])
def test_it_is_read_as_it_was_meant(typed: str) -> None:
    assert numbers.read(typed, "C") == "C-7K3Q9XM0"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Re: About your letter [C-7K3Q9XMT]", "C-7K3Q9XMT"),
        ("AW: about your letter [c-7k3q9xmt] und mehr", "C-7K3Q9XMT"),
        ("C-7K3Q9XMT, C-00000000", "C-7K3Q9XMT"),
        ("C-OIL00000", "C-01100000"),
        ("R-7K3Q9XMT", None),
        ("ABC-7K3Q9XMT", None),
        ("C-7K3Q9XMT7", None),
        ("C-7K3Q9XM", None),
        ("C-UUUUUUUU", None),
        ("", None),
    ],
)
def test_it_is_found_in_a_subject_line(text: str, found: str | None) -> None:
    assert numbers.found_in(text, "C") == found


@given(st.text())
def test_what_follows_it_takes_nothing_from_it(rest: str) -> None:
    assert numbers.found_in(f"[C-7K3Q9XMT] {rest}", "C") == "C-7K3Q9XMT"
