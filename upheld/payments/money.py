"""Amounts of money: exact, in a currency's minor units, by py-moneyed; as people read them, by CLDR.

Rows and processors hold integers of minor units (ISO 4217): 1999 of USD is 19.99 dollars, of JPY 1999 yen, of KWD
1.999 dinars.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

from moneyed import Currency, CurrencyDoesNotExist, Money, get_currency
from moneyed.l10n import format_money

from upheld.payments.errors import NotMoney

REGIONAL = frozenset({"XAF", "XCD", "XCG", "XOF", "XPF"})  # currencies of several countries begin with X too
TYPED = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,6})?")  # Decimal reads 1e999999 too
MOST = 10**12  # minor units: what adds up from here still fits a database's integer and a ledger's fact


def money(minor: int, currency: str) -> Money:
    """Raises NotMoney for a currency that ISO 4217 does not have."""
    known = _currency(currency)
    return Money(Decimal(minor) / known.sub_unit, known)


def minor(amount: Money) -> int:
    """Raises NotMoney when it is no whole number of minor units, or absurdly large."""
    scaled = amount.amount * amount.currency.sub_unit
    if scaled != scaled.to_integral_value():
        raise NotMoney(f"{amount.currency} has no unit as small as that")
    if abs(scaled) > MOST:
        raise NotMoney("the amount is absurdly large")
    return int(scaled)


def read(text: str, currency: str) -> Money:
    """An amount as people type it, such as 19.90. Raises NotMoney with what is wrong."""
    known = _currency(currency)
    if not TYPED.fullmatch(text.strip()):
        raise NotMoney(f"{text.strip()[:20]!r} is no amount such as 19.90")
    amount = Money(Decimal(text.strip()), known)
    minor(amount)
    return amount


def share(amount: int, percent: Decimal) -> int:
    """So many percent of minor units, half a unit rounded up: a tax."""
    return int((amount * percent / 100).to_integral_value(ROUND_HALF_UP))


def shown(amount: Money | int, currency: str = "", *, locale: str = "en_US") -> str:
    """As people read it: `$19.90`, `€19.90`, `¥1,999`."""
    return str(format_money(amount if isinstance(amount, Money) else money(amount, currency), locale=locale))


def _currency(code: str) -> Currency:
    try:
        known = get_currency(code)
    except CurrencyDoesNotExist:
        raise NotMoney(f"{code[:20]!r} is no currency of ISO 4217, such as EUR") from None
    if (
        code.startswith("X") and code not in REGIONAL
    ):  # gold, tests, nothing: ISO 4217 counts them, nobody is paid in them
        raise NotMoney(f"{code!r} is no currency that is paid with")
    return known
