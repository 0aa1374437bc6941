"""Which case is meant: a kind, and a number as people type it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from upheld.cli.errors import CommandError

if TYPE_CHECKING:
    from upheld.cases.models import Case
    from upheld.staff.models import Member


class NoSuchKind(CommandError):
    """There is no kind of case {0}; yours are {1}."""


class NothingCalled(CommandError):
    """There is nothing called {0} that a case of the kind {1} could be about: look at the number again."""


@dataclass(frozen=True, slots=True)
class Named:
    """The real thing that a case is about."""

    about: UUID
    subject: UUID
    number: str


def checked(kind: str, member: "Member") -> str:
    """A kind as people type it. Raises NoSuchKind, NotYourJob."""
    from upheld.cases.errors import NotYourJob
    from upheld.cases.kinds import KINDS
    from upheld.staff import acting

    meant = kind.lower().replace("-", "_").replace(" ", "_")
    theirs = [each for each in acting.kinds_of(member) if each in KINDS]
    if meant not in KINDS:
        raise NoSuchKind(repr(kind[:40]), ", ".join(theirs) or "none")
    if meant not in theirs:
        raise NotYourJob(meant.replace("_", " "))
    return meant


def named(kind: str, number: str) -> Named:
    """Raises NothingCalled."""
    from upheld.cases.kinds import ABOUT_ORDERS

    find = _order if kind in ABOUT_ORDERS else _conversation if kind == "conversation" else _request
    found = find(number)
    if found is None:
        raise NothingCalled(repr(number[:40]), kind)
    return found


def case_of(kind: str, number: str) -> "Case":
    """The open case that somebody took or started about it. Raises NothingCalled, NoSuchCase."""
    from upheld.cases import taking
    from upheld.cases.errors import NoSuchCase

    case = taking.open_case(kind, named(kind, number).about)
    if case is None:
        raise NoSuchCase
    return case


def _order(number: str) -> Named | None:
    from upheld.orders.models import Order

    found = Order.objects.by_number(number).placed().first()
    return Named(found.pk, found.subject, found.number) if found else None


def _conversation(number: str) -> Named | None:
    from upheld.conversations import verbs

    found = verbs.find(number)
    return Named(found.pk, found.subject, found.number) if found else None


def _request(number: str) -> Named | None:
    """A request's number, or that of the conversation in which somebody wrote again about one that is over."""
    from upheld.cli.rights.finding import NoRequest, request
    from upheld.rights.requests import ending

    try:
        found = request(number)
    except NoRequest:
        return _conversation(number)
    return Named(ending.case_of(found)[1], found.subject, found.number)
