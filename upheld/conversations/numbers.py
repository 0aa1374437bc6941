"""What people call a conversation, such as C-7K3Q9XMT: eight random signs behind the prefix of its kind.

A number tells neither when something was begun nor how many there are, and it opens nothing.
"""

import re
from typing import TYPE_CHECKING, Any

from upheld import crockford

if TYPE_CHECKING:
    from upheld.vault import RowsAboutPeople

LENGTH = 8  # 40 bits


def unused(prefix: str, rows: "RowsAboutPeople[Any]") -> str:
    """One made at random that none of these rows has."""
    while rows.filter(number=(number := f"{prefix}-{crockford.new(LENGTH)}")).exists():
        continue
    return number


def read(typed: str, prefix: str) -> str:
    """The number that was meant, with or without its prefix; nothing is found under one that is none."""
    signs = re.sub(r"[\s.]", "", typed.upper()).removeprefix(f"{prefix}-")
    return f"{prefix}-{crockford.meant(signs)}"


def found_in(text: str, prefix: str) -> str | None:
    """The first number of this kind that stands in a text, such as a letter's subject line."""
    found = re.search(rf"(?<![A-Z0-9-]){prefix}-([0-9A-TV-Z]{{{LENGTH}}})(?![A-Z0-9])", text.upper())
    return f"{prefix}-{crockford.meant(found[1])}" if found else None
