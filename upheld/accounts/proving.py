"""Showing again who one is, before something that could lock one out or cannot be undone."""

import time

from django.db import transaction

from upheld import vault
from upheld.accounts import limits, passkeys, passwords
from upheld.accounts.answers import TooMany, WrongCode, WrongPasskey, WrongPassword
from upheld.accounts.models import Account
from upheld.accounts.presence import Proof
from upheld.accounts.second_factor import confirm_code
from upheld.policy.actors import Actor

PURPOSE = "sign_in"
GUESSES = limits.Limit("prove", 10, 600)


def prove_by_password(account: Account, *, password: str, by: Actor) -> Proof | WrongPassword | TooMany:
    with transaction.atomic():
        refused = limits.take([(GUESSES, account.subject.bytes)])
        if refused is not None:
            return refused
        encoded = vault.open(account, ["password"], by=by, purpose=PURPOSE)["password"]
    if not passwords.matches(password, encoded):
        return WrongPassword()
    limits.give_back(GUESSES, account.subject.bytes)
    return _proof(account)


def prove_by_code(account: Account, *, code: str, by: Actor) -> Proof | WrongCode | TooMany:
    """By the second factor's code, or a recovery code."""
    answer = confirm_code(account, code=code, by=by)
    return _proof(account) if isinstance(answer, str) else answer


def prove_by_passkey(account: Account, *, credential: str, challenge: str, by: Actor) -> Proof | WrongPasskey:
    answer = passkeys.finish_passkey_sign_in(credential=credential, challenge=challenge, by=by, owner=account)
    return _proof(answer) if isinstance(answer, Account) else answer


def _proof(account: Account) -> Proof:
    return Proof(account.id, time.time())
