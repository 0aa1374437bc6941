"""People of the tests, made through the verbs that the site calls."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from uuid import UUID

from upheld.accounts import verbs as accounts
from upheld.accounts.models import Account, SignUp
from upheld.policy.actors import Actor

SOURCE = "192.0.2.7"  # where the request would have come from (RFC 5737)


@dataclass(frozen=True)
class Person:
    """Someone who signed up, and what they typed."""

    account: Account
    email: str
    password: str

    @property
    def subject(self) -> UUID:
        return self.account.subject

    @property
    def me(self) -> Actor:
        return Actor.person(self.subject)


def code_in(letter: EmailMessage) -> str:
    """The six digits that stand alone on a line of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    found = re.search(r"^\s*(\d{6})\s*$", body.get_content(), re.MULTILINE)
    assert found, f"no code in: {letter['Subject']}"
    return found[1]


@dataclass(frozen=True)
class Begun:
    """Someone who has typed address and password, and whose letter is on its way."""

    row: SignUp
    email: str
    password: str


def begin(email: str, password: str) -> Begun:
    row = accounts.begin_sign_up(email=email, password=password, by=Actor.visitor(), source=SOURCE)
    assert isinstance(row, SignUp), row
    return Begun(row, email, password)


def confirm(begun: Begun, letter: EmailMessage) -> Person:
    account = accounts.confirm_sign_up(begun.row, code=code_in(letter), by=Actor.visitor())
    assert isinstance(account, Account), account
    return Person(account, begun.email, begun.password)
