"""Tax numbers of companies: whether one can be right, by its form and check digits (python-stdnum).

Whether it was given out, and to whom, only the country's register knows. It is not asked: that would tell it who buys.
"""

import re
from types import ModuleType

from stdnum import get_cc_module
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from upheld.orders.addresses import country_name

# By what name the number on an invoice goes where it is not VAT.
NAMES = {"AU": "abn", "BR": "cnpj", "CA": "bn", "IN": "gstin", "JP": "cn", "NZ": "ird", "SG": "uen", "US": "ein"}
GREECE = {"GR": "EL"}  # in VAT numbers, the country in its own word


class TaxNumberUnfit(Exception):
    """{0}"""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def check(number: str, country: str) -> str:
    """The number in its compact form, with the country's letters in front inside the European Union.

    Raises TaxNumberUnfit, with a sentence for the person, and `addresses.CountryUnknown`.
    """
    where, country = country_name(country), country.upper()
    module = _module(country)
    if module is None:
        raise TaxNumberUnfit(f"{where}: tax numbers cannot be checked here. Leave it out.")
    try:
        return str(module.validate(_prefixed(number, country)))
    except ValidationError:
        raise TaxNumberUnfit(f"{where}: this is not a tax number. Check each digit, or leave it out.") from None


def _in_union(country: str) -> bool:
    return country.lower() in vat.MEMBER_STATES


def _module(country: str) -> ModuleType | None:
    if _in_union(country):
        return vat
    found = get_cc_module(country.lower(), NAMES.get(country, "vat"))
    return found if isinstance(found, ModuleType) else None


def _prefixed(number: str, country: str) -> str:
    """With the letters that belong to it, and without those that do not: DE136695976 for 136 695 976.

    Another country's letters are left in, to be refused.
    """
    plain = re.sub(r"[\s.\-/]", "", number).upper()
    if country == "JP":
        return plain.removeprefix("T")  # so that a number is known to be for invoices
    if country == "NO":
        return plain.removeprefix("NO").removesuffix("MVA") + "MVA"
    if not _in_union(country):
        return number
    letters = GREECE.get(country, country)
    return letters + plain.removeprefix(country).removeprefix(letters)
