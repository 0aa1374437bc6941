"""Two at the same time: one of them is first, and the other is told."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.accounts.test_at_once import at_once
from tests.staff.conftest import OPERATOR, Hire, asked, invited, joins, new_device, secret_in
from upheld.accounts.answers import WrongPasskey
from upheld.staff import inviting, leaving, passkeys
from upheld.staff.errors import StaffError
from upheld.staff.models import Invitation, Member, StaffPasskey

pytestmark = pytest.mark.django_db(transaction=True)


def told(call: Callable[[], Any]) -> Callable[[], str]:
    """What became of it: the name of what it answered or raised."""

    def run() -> str:
        try:
            return type(call()).__name__
        except StaffError as error:
            return type(error).__name__

    return run


def test_one_link_has_one_join() -> None:
    secret = secret_in(invited("rosa@staff.example.org", "billing").link)
    answers = at_once(*[told(partial(joins, secret, new_device())) for _ in range(3)])
    assert sorted(answers) == ["InvitationOver", "InvitationOver", "Member"]
    assert StaffPasskey.objects.count() == 1


def test_one_address_is_one_member() -> None:
    invite = partial(inviting.invite, "rosa@staff.example.org", jobs=["billing"], by=OPERATOR)
    assert at_once(*[told(invite)] * 3) == ["Invited"] * 3
    assert (Member.objects.count(), Invitation.objects.count()) == (1, 1)


def test_of_two_who_administer_the_desk_one_stays(hire: Hire) -> None:
    both = [hire("administration", address=f"{name}@staff.example.org").member for name in ("ada", "eve")]
    answers = at_once(*[told(partial(leaving.leave, each, by=OPERATOR)) for each in both])
    assert sorted(answers) == ["LastAdministrator", "Member"]
    assert Member.objects.here().count() == 1


def test_a_passkey_answers_once(hire: Hire) -> None:
    hired, ceremony = hire("billing"), asked()
    signed = hired.device.sign(ceremony.options)
    answer = partial(passkeys.answered, credential=signed, challenge=ceremony.challenge)
    assert sorted(at_once(*[told(answer)] * 2)) == sorted([Member.__name__, WrongPasskey.__name__])
