"""Versions as Semantic Versioning 2.0.0 has them: which is one, and which of two is the newer."""

import re
from typing import NamedTuple

MOST = 64  # signs: the column's

# The regular expression of semver.org's own questions and answers, with names.
_WHOLE = r"0|[1-9][0-9]*"
_VERSION = re.compile(
    rf"(?P<major>{_WHOLE})\.(?P<minor>{_WHOLE})\.(?P<patch>{_WHOLE})"
    rf"(?:-(?P<before>(?:{_WHOLE}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:{_WHOLE}|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?"
    r"(?:\+(?P<made>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)


class Part(NamedTuple):
    """One identifier of a pre-release: a number comes before a word (section 11.4)."""

    is_word: bool
    number: int
    word: str


Order = tuple[int, int, int, bool, tuple[Part, ...]]


def order(version: str) -> Order:
    """What versions are sorted by: section 11's precedence, in which what stands after + counts for nothing.

    Raises ValueError with a sentence for what is no version.
    """
    found = _VERSION.fullmatch(version) if len(version) <= MOST else None
    if found is None:
        raise ValueError("Write the version as Semantic Versioning has it, such as 1.4.0 or 2.0.0-beta.1.")
    numbers = int(found["major"]), int(found["minor"]), int(found["patch"])
    before = tuple(_part(each) for each in found["before"].split(".")) if found["before"] else ()
    return (*numbers, not before, before)


def _part(text: str) -> Part:
    return Part(False, int(text), "") if text.isdecimal() else Part(True, 0, text)
