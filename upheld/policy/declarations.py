"""What a policy declares, as the front matter of its file says it. Every value here is immutable."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

SOURCES = {
    "sign_up": "You gave it when you signed up.",
    "order": "You gave it with an order.",
    "account": "You gave it on your account pages, or signing in made it.",
    "letter": "You gave it when you wrote to us.",
    "usage": "A product build sent it, under its build number.",
}
"""The only ways in, with the words in which a page says so. A policy may word them, never add to them."""

UNTIL_ERASED = "until_erased"
PERIOD = re.compile(r"([1-9][0-9]{0,3})([dmy])")


@dataclass(frozen=True, slots=True)
class Controller:
    name: str
    contact: str  # an e-mail address


@dataclass(frozen=True, slots=True)
class Datum:
    category: str  # a key of fideslang's data categories
    sources: tuple[str, ...]
    sensitive: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Purpose:
    uses: tuple[str, ...]
    choice: str = ""  # "opt_in", "opt_out", or nothing: not a matter of choice
    title: str = ""
    why: str = ""
    dpv: str = ""  # a purpose of the Data Privacy Vocabulary
    basis: str = ""  # a key of vocabulary.BASES

    @property
    def term(self) -> str:
        """The Data Privacy Vocabulary's purpose: what the policy names, or the plainest that fits."""
        return self.dpv or ("DirectMarketing" if self.choice else "RequestedServiceProvision")

    @property
    def legal_basis(self) -> str:
        """What the policy names, or what follows from the choice: consent, a refusable interest, or a contract."""
        return self.basis or {"opt_in": "consent", "opt_out": "legitimate_interest"}.get(self.choice, "contract")


@dataclass(frozen=True, slots=True)
class Recipient:
    receives: tuple[str, ...]
    purpose: str  # `for` in the file
    title: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    opens: tuple[str, ...]
    during: tuple[str, ...]  # `while` in the file: the kinds of case
    title: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What a build may count. With `values`, each count is under one of them; without, the event has one count."""

    title: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Funnel:
    """Events that follow each other when something goes well: where people stop is read from it."""

    steps: tuple[str, ...]  # names of events
    title: str = ""


LEVELS = ("off", "local", "counters")
"""What a build does with its counters, least first: counts nothing, counts for its user alone, sends a day's counts."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What builds may report, day by day, under their numbers. Nothing that is not named here is taken."""

    events: Mapping[str, Event] = field(default_factory=lambda: MappingProxyType({}))
    funnels: Mapping[str, Funnel] = field(default_factory=lambda: MappingProxyType({}))
    threshold: int = 20  # no figure about fewer builds is shown to anybody
    level: str = "counters"  # one of LEVELS: what a build does unless its user chose
    keep: str = "13m"  # how long the counts of one build are kept; figures about many stay

    def allows(self, event: str, value: str = "") -> bool:
        """Whether a build may count this: an event that has values only with one of them."""
        declared = self.events.get(event)
        return declared is not None and (value in declared.values if declared.values else not value)


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """How long. With `fields` it holds for those only; the one class without holds for everything else.

    A class with a `reason` (a law, say) keeps its fields though the person asks for deletion.
    """

    keep: str  # "until_erased", or a number of days, months or years: "1d", "6m", "7y"
    fields: tuple[str, ...] = ()
    reason: str = ""

    def until(self, start: date) -> date | None:
        """The first day on which what was collected on `start` may no longer be kept; None: until erased."""
        if self.keep == UNTIL_ERASED:
            return None
        count, unit = int(self.keep[:-1]), self.keep[-1]
        if unit == "d":
            return start + min(timedelta(days=count), date.max - start)
        return months_later(start, count * (12 if unit == "y" else 1))

    @property
    def outlives_erasure(self) -> bool:
        return bool(self.reason)


def months_later(start: date, months: int) -> date:
    """The same day of a later month, or that month's last day; the last day that Python can name, at most."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
