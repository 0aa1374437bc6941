"""People for the tests of this room, made through the real verbs."""

import re
from dataclasses import dataclass
from typing import Any

from django.core import mail
from django.core.mail import EmailMessage
from django.test import TestCase

from upheld.accounts import verbs
from upheld.accounts.models import Account, SignUp
from upheld.accounts.presence import Proof
from upheld.accounts.sessions import SessionStore
from upheld.policy.actors import Actor

VISITOR = Actor.visitor()
PASSWORD = "a quiet harbour in may"
HERE = "192.0.2.7"


@dataclass
class Someone:
    account: Account
    email: str
    password: str = PASSWORD

    @property
    def actor(self) -> Actor:
        return Actor.person(self.account.subject)

    def proof(self) -> Proof:
        proof = verbs.prove_by_password(self.account, password=self.password, by=self.actor)
        assert isinstance(proof, Proof)
        return proof

    def session(self, user_agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0") -> SessionStore:
        store = SessionStore()
        verbs.start_session(store, self.account, ways=["password"], user_agent=user_agent)
        return store


def committed(verb: Any, *args: Any, **given: Any) -> Any:
    """The verb's answer, after what it left for the commit has been done."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return verb(*args, **given)


def last_letter() -> EmailMessage:
    return mail.outbox[-1]


def code_in(letter: EmailMessage) -> str:
    found = re.search(r"^    (\d{6})$", str(letter.body), re.MULTILINE)
    assert found, letter.body
    return found[1]


def link_in(letter: EmailMessage, path: str) -> str:
    """What follows `path` in the letter's link."""
    found = re.search(rf"https://\S+{path}(\S+)/$", str(letter.body), re.MULTILINE)
    assert found, letter.body
    return found[1]


def begin(email: str, password: str = PASSWORD, source: str = HERE) -> SignUp:
    begun = committed(verbs.begin_sign_up, email=email, password=password, by=VISITOR, source=source)
    assert isinstance(begun, SignUp), begun
    return begun


def someone(email: str = "ada@example.org", password: str = PASSWORD) -> Someone:
    begun = begin(email, password)
    account = committed(verbs.confirm_sign_up, begun, code=code_in(last_letter()), by=VISITOR)
    assert isinstance(account, Account), account
    return Someone(account, email, password)


def sign_in(email: str, password: str, source: str = HERE) -> Any:
    return committed(verbs.sign_in, email=email, password=password, by=VISITOR, source=source)
