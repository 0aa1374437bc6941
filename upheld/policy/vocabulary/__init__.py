"""The field's own words, kept here as data so that reading a policy needs neither network nor fideslang."""

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple


class Term(NamedTuple):
    """A term of the Data Privacy Vocabulary, and the key of fideslang's data uses that is nearest to it."""

    name: str
    fides: str


@cache
def categories() -> tuple[str, ...]:
    """The keys of fideslang's default data categories."""
    return tuple(_rows("categories.txt"))


@cache
def purposes() -> MappingProxyType[str, Term]:
    """The purposes of the Data Privacy Vocabulary that a policy may name."""
    return MappingProxyType({name: Term(name, fides) for name, fides in map(str.split, _rows("purposes.txt"))})


def _rows(name: str) -> list[str]:
    lines = files(__name__).joinpath(name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


BASES = MappingProxyType(
    {
        "consent": "Consent",
        "contract": "Contract",
        "legal_obligation": "LegalObligation",
        "legitimate_interest": "LegitimateInterest",
    }
)
"""The legal bases that a purpose may name, and what the Data Privacy Vocabulary calls them."""
