"""Who acts when a member of staff uses the command, and on which case of whose."""

import os
import pwd
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import click

from upheld.cli.errors import CommandError

if TYPE_CHECKING:
    from upheld.cases.models import Case
    from upheld.conversations.reading import Said
    from upheld.policy.actors import Actor
    from upheld.staff.models import Member

LOGINS = UUID("c4fa0df1-6627-4c91-aedd-36c1c631ca9c")  # the namespace of the ids below, made at random
START = click.option("--start", default="", help="Why you start a case where none waits, such as asked_by_person.")


class NotStarted(CommandError):
    """No {0} waits there: add --start, and why you start one: {1}."""


def at_desk() -> "Member":
    """The member of staff who works at this terminal. Raises NotAtDesk."""
    from upheld.staff import terminals

    return terminals.member_at(login())


@contextmanager
def acting(
    kind: str, *, on: UUID, subject: UUID, number: str = "", reason: str = "", starts: bool = True
) -> "Iterator[Actor]":
    """The member at the terminal, on this case: see `working`. Raises NotAtDesk, NotStarted, CasesError."""
    with working(at_desk(), kind, on=on, subject=subject, number=number, reason=reason, starts=starts) as actor:
        yield actor


@contextmanager
def working(
    member: "Member",
    kind: str,
    *,
    on: UUID,
    subject: UUID,
    number: str = "",
    reason: str = "",
    starts: bool = True,
) -> "Iterator[Actor]":
    """A case that waits is taken, and stays theirs. Where none does and staff may start one (and it `starts`), one is
    started for that reason and what is done here, and closed after it, done or not: nothing stays open that nobody
    asked for.

    `on` is the id of what the case is about; `number` is what people call it. Raises NotStarted when the reason is
    none of the kind's, CasesError.
    """
    from upheld.cases import kinds, taking

    is_ours = not _settled(kind, on) and starts and bool(kinds.KINDS[kind].reasons)
    if is_ours:
        if reason not in (reasons := kinds.KINDS[kind].reasons):
            raise NotStarted(kind.replace("_", " "), ", ".join(reasons))
        case = taking.start(kind, on, subject=subject, number=number, reason=reason, by=member)
    else:
        case = taking.take(kind, on, by=member)
    try:
        yield taking.acts_as(member, case)
    finally:
        if is_ours:
            _close(case, member)


def read(kind: str, on: UUID) -> "list[Said]":
    """All that was said in the conversation of this case, which is taken; counted and on record as on the desk.
    Raises NotAtDesk, CasesError, Refused."""
    from upheld.cases import fields, taking

    member = at_desk()
    return fields.read_conversation(taking.take(kind, on, by=member), by=member)


def waiting(kinds: Sequence[str], on: UUID) -> str:
    """The first of these kinds of which a case is open about this, or else the last."""
    return next((kind for kind in kinds if _waits(kind, on)), kinds[-1])


def login() -> UUID:
    """The same for the same login on the same instance, and says nothing of who has it."""
    from django.conf import settings

    return uuid5(LOGINS, f"{settings.HOME.text('origin')}/{_name()}")


def _settled(kind: str, on: UUID) -> bool:
    """Whether there is such a case to take. One whose matter ended just now is closed first: what is asked for next is
    a case of its own."""
    from upheld.cases import kinds, taking

    case = taking.open_case(kind, on)
    if case is not None and not kinds.is_open(case):
        taking.end(case, by=taking.US)
    return _waits(kind, on)


def _waits(kind: str, on: UUID) -> bool:
    from upheld.cases import kinds, taking

    case = taking.open_case(kind, on)
    return kinds.matter(kind, on) is not None if case is None else kinds.is_open(case)


def _close(case: "Case", member: "Member") -> None:
    """Unless it went meanwhile, as with everything of a person who was erased."""
    from upheld.cases import taking

    found = taking.open_case(case.kind, case.about)
    if found is not None and found.taken_by == member.pk:
        taking.close(found, by=member)


def _name() -> str:
    """By the process's owner and not by the environment, which anybody can set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
