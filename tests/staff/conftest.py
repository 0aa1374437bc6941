"""Members of staff who come in as real ones do: by a letter, and with a device."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.core import mail
from django.test import TestCase

from tests.accounts.authenticator import Authenticator
from upheld.accounts.answers import WrongPasskey
from upheld.accounts.ceremonies import Ceremony
from upheld.contact.letters import Link
from upheld.policy.actors import Actor
from upheld.staff import enrolling, inviting, passkeys
from upheld.staff.models import Member

OPERATOR = Actor.operator()
LINK = re.compile(r"/desk/join/([\w-]+)/")


@dataclass
class Hired:
    """A member, the device that holds their passkey, and where they were written to."""

    member: Member
    device: Authenticator
    address: str

    def signs_in(self) -> Member | WrongPasskey:
        ceremony = asked()
        return passkeys.answered(credential=self.device.sign(ceremony.options), challenge=ceremony.challenge)


def invited(address: str, *jobs: str, name: str = "Rosa Canary") -> inviting.Invited:
    """The letter is out when this returns."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return inviting.invite(address, name=name, jobs=jobs, by=OPERATOR)


def secret_in(text: str | Link) -> str:
    found = LINK.search(str(text))
    assert found, text
    return found[1]


def new_device() -> Authenticator:
    return Authenticator(settings.HOME.site)


def joins(secret: str, device: Authenticator) -> Member | WrongPasskey:
    ceremony = enrolling.begin_passkey(secret)
    made = device.make(ceremony.options)
    return enrolling.by_passkey(secret, credential=made, challenge=ceremony.challenge, name="Laptop")


def asked() -> Ceremony:
    """What a browser gets of which we do not know whose it is."""
    ceremony = passkeys.ask_anyone(source="192.0.2.7")
    assert isinstance(ceremony, Ceremony)
    return ceremony


Hire = Callable[..., Hired]


@pytest.fixture
def hire(db: None) -> Hire:
    """Invite somebody for these jobs, and have them join with a passkey."""

    def go(*jobs: str, address: str = "rosa@staff.example.org") -> Hired:
        device, made = new_device(), invited(address, *jobs)
        member = joins(secret_in(made.link), device)
        assert isinstance(member, Member)
        return Hired(member, device, address)

    return go


def letters_to(address: str) -> list[str]:
    return [f"{letter.subject}\n{letter.body}" for letter in mail.outbox if letter.to == [address]]
