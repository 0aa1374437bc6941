"""A card's number is told from other text, however it is written."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from upheld.payments.card_numbers import looks_like_card_number, without_card_numbers


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424242",
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "4242\u00a04242\u00a04242\u00a04242",
        "my card is 378282246310005, thank you",
        "\uff14\uff12\uff14\uff12" * 4,
        "٤٢٤٢" * 4,
        "30569309025904",
        "6200000000000005",
        "card:5555555555554444.",
    ],
)
def test_numbers_are_seen(text: str) -> None:
    assert looks_like_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4242424242424241",
        "12 Harbour Street",
        "+44 20 7946 0958",
        "tok_4242424242424242abc",
        "01a20688-bb26-7212-b3ac-c0e788c1d415",
        "9788175257665",
        "4242",
        "0000000000000000",
        "42424242424242424242424242424242",
        "²²²²²²²²²²²²²²",
    ],
)
def test_other_text_is_not(text: str) -> None:
    assert not looks_like_card_number(text)


@given(st.text())
@example("4" * 5000)
@example("1 " * 5000)
def test_any_text_can_be_asked_about(text: str) -> None:
    assert looks_like_card_number(text) in (True, False)


def test_the_number_alone_is_taken_out_of_a_text() -> None:
    said = "Order 20261123, card 4242 4242-4242 4242.\nIt was charged twice, on the 3rd and on the 4th."
    assert without_card_numbers(said) == said.replace("4242 4242-4242 4242", "•••• ••••-•••• ••••")


@given(st.text() | st.text("0123456789 -", max_size=60))
@example("4242424242424242 4242424242424242")
def test_no_number_is_left_in_any_text(text: str) -> None:
    assert not looks_like_card_number(without_card_numbers(text))
