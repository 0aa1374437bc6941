"""Card numbers: whether one can be a card's, and what a test number makes the sandbox do.

A number and its code are looked at once, when they are typed. What is kept of them is a brand, the last four digits,
the expiry and a behaviour; nothing from which the number could be found.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from stdnum import luhn

from upheld.payments.sandbox.errors import Problem, wrong


class Behaviour(StrEnum):
    FINE = "fine"
    CAPTURE_FAILS = "capture_fails"
    CHALLENGED = "challenged"
    CHARGE_FAILS = "charge_fails"
    DISPUTED = "disputed"
    TIMES_OUT = "times_out"
    # Declined when it is to be kept, with this reason.
    DECLINED = "declined"
    EXPIRED_CARD = "expired_card"
    FRAUD = "fraud"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    LOST_CARD = "lost_card"
    PROCESSING_ERROR = "processing_error"
    WRONG_CVC = "wrong_cvc"


REASONS = frozenset(list(Behaviour)[list(Behaviour).index(Behaviour.DECLINED) :])

TEST_NUMBERS = {
    "4242424242424242": Behaviour.FINE,
    "5555555555554444": Behaviour.FINE,
    "378282246310005": Behaviour.FINE,
    "4000000000000002": Behaviour.DECLINED,
    "4000000000009995": Behaviour.INSUFFICIENT_FUNDS,
    "4000000000000069": Behaviour.EXPIRED_CARD,
    "4000000000009987": Behaviour.LOST_CARD,
    "4100000000000019": Behaviour.FRAUD,
    "4000000000000119": Behaviour.PROCESSING_ERROR,
    "4000000000000127": Behaviour.WRONG_CVC,
    "4000002760003184": Behaviour.CHALLENGED,
    "4000000000000341": Behaviour.CHARGE_FAILS,
    "4000000000000259": Behaviour.DISPUTED,
    "4000000000000424": Behaviour.CAPTURE_FAILS,
    "4000000000000408": Behaviour.TIMES_OUT,
}

# First digits, lengths and the length of the code, the most particular first (ISO/IEC 7812 issuers).
BRANDS: tuple[tuple[str, tuple[str, ...], tuple[int, ...], int], ...] = (
    ("amex", ("34", "37"), (15,), 4),
    ("discover", ("6011", "644", "645", "646", "647", "648", "649", "65"), (16, 17, 18, 19), 3),
    ("diners", ("300", "301", "302", "303", "304", "305", "36", "38", "39"), (14, 15, 16, 17, 18, 19), 3),
    ("jcb", tuple(str(n) for n in range(3528, 3590)), (16, 17, 18, 19), 3),
    ("mastercard", (*(str(n) for n in range(51, 56)), *(str(n) for n in range(2221, 2721))), (16,), 3),
    ("unionpay", ("62",), (16, 17, 18, 19), 3),
    ("visa", ("4",), (13, 16, 19), 3),
)


@dataclass(frozen=True, slots=True)
class Typed:
    """All that is left of a card once it has been typed."""

    behaviour: Behaviour
    brand: str
    last4: str
    expiry: str  # "2027-04"


def read(given: dict[str, Any], *, now: datetime) -> Typed:
    """A card as typed: number, exp_month, exp_year, cvc. Raises Problem, which never quotes any of them."""
    number = _digits(given.get("number"))
    brand, code_length = _brand(number)
    expiry = _expiry(given.get("exp_month"), given.get("exp_year"), now)
    code = _digits(given.get("cvc"))
    if len(code) != code_length:
        raise wrong("cvc", f"The security code has {code_length} digits.")
    return Typed(TEST_NUMBERS.get(number, Behaviour.FINE), brand, number[-4:], expiry)


def _brand(number: str) -> tuple[str, int]:
    for name, starts, lengths, code_length in BRANDS:
        if number.startswith(starts):
            if len(number) not in lengths or not luhn.is_valid(number):
                break
            return name, code_length
    raise wrong("number", "This is not a card number. Look at it again.")


def _expiry(month: object, year: object, now: datetime) -> str:
    m, y = _digits(month), _digits(year)
    if not m or not 1 <= int(m) <= 12:
        raise wrong("exp_month", "The month is a number from 1 to 12.")
    if len(y) not in (2, 4):
        raise wrong("exp_year", "The year has two or four digits.")
    full = int(y) + 2000 if len(y) == 2 else int(y)
    if full > now.year + 50:
        raise wrong("exp_year", "The year is too far ahead.")
    if (full, int(m)) < (now.year, now.month):
        raise Problem(400, "card_expired", "The card has expired.", "exp_year")
    return f"{full}-{int(m):02}"


def _digits(given: object) -> str:
    """Digits, without the spaces and hyphens that people put between them; empty for anything else."""
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    text = text.replace(" ", "").replace("-", "")
    return text if text.isascii() and text.isdecimal() and len(text) <= 19 else ""
