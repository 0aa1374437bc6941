"""Telling a card's number from other text, so that one which is typed in the wrong place is refused and not kept."""

import re
import unicodedata

from stdnum import luhn

# Digits with the marks that people put between them; no letter or further digit on either side.
CANDIDATE = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[\s.\-–—]?[0-9]){12,18}(?![0-9A-Za-z])")  # noqa: RUF001 - dashes too
ISSUED = re.compile(r"3(?:0[0-5]|[4-9])|4|5|6|2[2-7]")  # ISO/IEC 7812: the first digits of payment cards


def looks_like_card_number(text: str) -> bool:
    """Whether it shows 13 to 19 digits, however written, that begin as cards do and whose check digit is right."""
    return any(_is_issued(match) for match in CANDIDATE.finditer(_plain(text)))


def without_card_numbers(text: str) -> str:
    """The text with a dot for each digit of such a number, so that the rest of a long text need not be typed again."""
    return CANDIDATE.sub(lambda found: re.sub(r"[0-9]", "•", found[0]) if _is_issued(found) else found[0], _plain(text))


def _plain(text: str) -> str:
    """With the digits of every script as 0 to 9."""
    return "".join(str(unicodedata.digit(each, each)) for each in unicodedata.normalize("NFKC", text))


def _is_issued(found: re.Match[str]) -> bool:
    number = re.sub(r"[^0-9]", "", found[0])
    return bool(ISSUED.match(number)) and luhn.is_valid(number)
