import json
from typing import Any
from uuid import uuid4

import pytest

from tests.accounts.authenticator import Authenticator
from tests.staff.conftest import Hire, Hired, asked, invited, joins, letters_to, new_device, secret_in
from upheld.accounts.answers import WrongPasskey
from upheld.policy.actors import Actor
from upheld.staff import enrolling, passkeys
from upheld.staff.errors import LastPasskey
from upheld.staff.models import StaffPasskey

pytestmark = pytest.mark.django_db


def adds(hired: Hired, device: Authenticator, name: str = "Telephone") -> Any:
    ceremony = passkeys.begin(hired.member)
    return passkeys.add(
        hired.member, credential=device.make(ceremony.options), challenge=ceremony.challenge, name=name,
        by=Actor.staff(hired.member.pk, job=""),
    )  # fmt: skip


def test_it_signs_its_owner_in(hire: Hire) -> None:
    hired = hire("billing")
    assert hired.signs_in() == hired.member
    assert StaffPasskey.objects.get().used_at


def test_it_must_be_unlocked_each_time(hire: Hire) -> None:
    hired = hire("billing")
    asked = json.loads(passkeys.begin(hired.member).options)["authenticatorSelection"]
    assert (asked["residentKey"], asked["userVerification"]) == ("required", "required")
    hired.device.verifies = False
    assert isinstance(hired.signs_in(), WrongPasskey)


def test_one_that_does_not_ask_its_owner_does_not_join() -> None:
    device, secret = new_device(), secret_in(invited("rosa@staff.example.org", "billing").link)
    device.verifies = False
    assert isinstance(joins(secret, device), WrongPasskey)
    device.verifies = True
    assert joins(secret, device)


def test_the_browser_is_told_neither_name_nor_address() -> None:
    made = invited("rosa@staff.example.org", "billing", name="Rosa Canary")
    options = enrolling.begin_passkey(secret_in(made.link)).options
    assert made.member.pseudonym in options
    assert "rosa" not in options.lower()


def test_one_challenge_serves_one_answer(hire: Hire) -> None:
    hired = hire("billing")
    ceremony, other = asked(), asked()
    signed = hired.device.sign(ceremony.options)
    for challenge in (other.challenge, "", "!"):
        assert isinstance(passkeys.answered(credential=signed, challenge=challenge), WrongPasskey)


def test_a_customers_passkey_is_nobody_here(hire: Hire) -> None:
    hire("billing")
    stranger, ceremony = new_device(), asked()
    signed = stranger.sign(ceremony.options)
    assert isinstance(passkeys.answered(credential=signed, challenge=ceremony.challenge), WrongPasskey)


def test_a_colleagues_passkey_does_not_show_that_it_is_me(hire: Hire) -> None:
    one, other = hire("billing"), hire("billing", address="otto@staff.example.org")
    ceremony = passkeys.ask(one.member)
    signed = other.device.sign(ceremony.options)
    answer = passkeys.answered(credential=signed, challenge=ceremony.challenge, owner=one.member)
    assert isinstance(answer, WrongPasskey)


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"id": 1}', '{"id": "x", "response": 1}', "{" * 99])
def test_what_is_no_credential_is_wrong_at_worst(hire: Hire, credential: str) -> None:
    hired, ceremony = hire("billing"), asked()
    assert isinstance(passkeys.answered(credential=credential, challenge=ceremony.challenge), WrongPasskey)
    by = Actor.staff(hired.member.pk, job="")
    answer = passkeys.add(hired.member, credential=credential, challenge=ceremony.challenge, name="", by=by)
    assert isinstance(answer, WrongPasskey)


def test_another_one_is_added_and_told_by_letter(hire: Hire, django_capture_on_commit_callbacks: Any) -> None:
    hired, other = hire("billing"), new_device()
    with django_capture_on_commit_callbacks(execute=True):
        assert adds(hired, other, " Telephone ")
    assert [name for _, name in passkeys.of(hired.member)] == ["Laptop", "Telephone"]
    assert "another passkey" in letters_to(hired.address)[-1]
    ceremony = asked()
    signed = other.sign(ceremony.options)
    assert passkeys.answered(credential=signed, challenge=ceremony.challenge) == hired.member


def test_one_passkey_is_one_members(hire: Hire) -> None:
    one, other = hire("billing"), hire("shop", address="otto@staff.example.org")
    assert isinstance(adds(other, one.device), WrongPasskey)
    one.device.handle = one.member.pk.bytes
    assert one.signs_in() == one.member


def test_the_last_one_stays(hire: Hire) -> None:
    hired, other = hire("billing"), new_device()
    by = Actor.staff(hired.member.pk, job="")
    [(first, _)] = passkeys.of(hired.member)
    with pytest.raises(LastPasskey, match="add another one first"):
        passkeys.remove(hired.member, passkey=first.pk, by=by)
    adds(hired, other)
    assert passkeys.remove(hired.member, passkey=first.pk, by=by)
    assert not passkeys.remove(hired.member, passkey=first.pk, by=by)
    assert not passkeys.remove(hired.member, passkey=uuid4(), by=by)
    assert isinstance(hired.signs_in(), WrongPasskey)


def test_nothing_of_it_rests_in_clear(hire: Hire) -> None:
    hired = hire("billing")
    row = StaffPasskey.objects.get()
    assert b"Laptop" not in bytes(row.sealed)
    assert hired.device.id not in bytes(row.sealed) + bytes(row.digest)
