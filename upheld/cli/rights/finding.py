"""Which request is meant, and who works on it."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from upheld.cli.errors import CommandError
from upheld.cli.staff import acting

if TYPE_CHECKING:
    from upheld.policy.actors import Actor
    from upheld.rights.models import Request


class NoRequest(CommandError):
    """There is no request {0}: look at the number again, or see upheld rights list."""


class NotConfirmed(CommandError):
    """{0} waits for the person to confirm that it is theirs: until then it is nobody's work."""


def request(number: str) -> "Request":
    """Raises NoRequest."""
    from upheld.conversations import numbers
    from upheld.rights.models import Request
    from upheld.rights.requests.steps import PREFIX

    found: Request | None = Request.objects.filter(number=numbers.read(number, PREFIX)).first()
    if found is None:
        raise NoRequest(repr(number[:40]))
    return found


def officer(found: "Request", *, after: str | None = None) -> "AbstractContextManager[Actor]":
    """The member at the terminal, on the case of this request. Of what stands because of it, a restriction say, there
    is a case when it is no work itself: one is started, with the reason `after`, unless that is None. Raises
    NotConfirmed, NotAtDesk, NotStarted, CasesError."""
    from upheld.rights.models import State
    from upheld.rights.requests import ending

    kind, id = ending.case_of(found)
    if after is not None and (found.ended_at is not None or found.state == State.NEED_VERIFICATION):
        return acting(ending.CASE, on=id, subject=found.subject, number=found.number, reason=after)
    if found.state == State.NEED_VERIFICATION:
        raise NotConfirmed(found.number)
    return acting(kind, on=id, subject=found.subject, starts=False)
