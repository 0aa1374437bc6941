"""A login of the server is a member's once they typed its code on the desk, for a day, and never two members'."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import F
from django.utils import timezone

from tests import working
from upheld.ledger import Entry
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.staff import sessions, sweeping, terminals
from upheld.staff.errors import NotAtDesk
from upheld.staff.models import Member, Terminal

pytestmark = pytest.mark.django_db


@pytest.fixture
def login() -> UUID:
    return uuid4()


@pytest.fixture
def member(db: None) -> Member:
    return working.member("support")


def test_a_code_typed_on_the_desk_is_enough(login: UUID, member: Member) -> None:
    asked = terminals.ask(login)
    assert terminals.waits(asked.terminal)
    assert isinstance(terminals.allow(asked.code, by=member), Terminal)
    assert terminals.member_at(login) == member
    assert not terminals.waits(asked.terminal)
    assert Entry.objects.filter(act=Act.TERMINAL_ALLOW).count() == 1


def test_it_is_read_as_people_type_it(login: UUID, member: Member) -> None:
    code = terminals.ask(login).code
    assert terminals.allow(code.lower().replace("-", " ").replace("0", "o").replace("1", "l"), by=member)


def test_nobody_is_at_a_terminal_that_was_not_allowed(login: UUID) -> None:
    terminals.ask(login)
    with pytest.raises(NotAtDesk, match="run upheld desk sign-in"):
        terminals.member_at(login)


def test_a_code_serves_once_and_the_newest_alone(login: UUID, member: Member) -> None:
    first, second = terminals.ask(login), terminals.ask(login)
    assert not terminals.waits(first.terminal)
    assert not terminals.allow(first.code, by=member)
    assert terminals.allow(second.code, by=member)
    assert not terminals.allow(second.code, by=member)


def test_a_code_is_good_for_minutes_and_the_terminal_for_a_day(login: UUID, member: Member) -> None:
    asked = terminals.ask(login)
    _make_over(asked.terminal)
    assert not terminals.allow(asked.code, by=member)
    allowed = terminals.allow(terminals.ask(login).code, by=member)
    assert isinstance(allowed, Terminal)
    _make_over(allowed)
    assert terminals.at(login) is None


def test_two_hours_without_a_command_end_it(login: UUID, member: Member) -> None:
    assert terminals.allow(terminals.ask(login).code, by=member)
    for hours in (1.9, 1.9):
        _let_pass(timedelta(hours=hours))
        assert terminals.member_at(login) == member
    _let_pass(timedelta(hours=2))
    with pytest.raises(NotAtDesk):
        terminals.member_at(login)
    assert sweeping.sweep() == 1


def test_whoever_is_signed_out_everywhere_leaves_the_terminal(login: UUID, member: Member) -> None:
    allowed = terminals.allow(terminals.ask(login).code, by=member)
    assert isinstance(allowed, Terminal)
    assert sessions.end_all(member, by=Actor.operator()) == 0
    assert terminals.at(login) is None
    ended = Entry.objects.get(act=Act.STAFF_SESSION_END)
    assert (ended.facts["terminal"], ended.facts["member"]) == (str(allowed.pk), str(member.pk))


def test_the_next_member_takes_the_place_of_the_last(login: UUID, member: Member) -> None:
    other = working.member("billing")
    for each in (member, other):
        assert terminals.allow(terminals.ask(login).code, by=each)
    assert terminals.member_at(login) == other
    assert Terminal.objects.count() == 1
    assert Entry.objects.filter(act=Act.STAFF_SESSION_END).count() == 1


def test_whoever_left_works_at_no_terminal(login: UUID, member: Member) -> None:
    assert terminals.allow(terminals.ask(login).code, by=member)
    Member.objects.filter(pk=member.pk).update(left_at=timezone.now())
    assert terminals.at(login) is None


def test_it_ends_once(login: UUID, member: Member) -> None:
    allowed = terminals.allow(terminals.ask(login).code, by=member)
    assert isinstance(allowed, Terminal)
    for _ in range(2):
        terminals.end(allowed, by=member)
    assert terminals.at(login) is None
    assert Entry.objects.filter(act=Act.STAFF_SESSION_END).count() == 1


def test_codes_cannot_be_tried_out(login: UUID, member: Member) -> None:
    code = terminals.ask(login).code
    refused = [terminals.allow("00000000", by=member) for _ in range(terminals.TRIES.times)]
    assert not any(refused)
    assert "Too many tries" in terminals.allow(code, by=member).sentence  # type: ignore[union-attr]  # it is refused
    assert terminals.allow(code, by=working.member("billing"))


def test_the_code_is_kept_nowhere(login: UUID, member: Member) -> None:
    signs = terminals.ask(login).code.replace("-", "")
    row = Terminal.objects.values().get()
    assert signs.encode() not in bytes(row.pop("digest"))
    assert signs not in str(row)


def _let_pass(time: timedelta) -> None:
    """Since the last command."""
    Terminal.objects.update(seen_at=F("seen_at") - time)


def _make_over(terminal: Terminal) -> None:
    Terminal.objects.filter(pk=terminal.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
