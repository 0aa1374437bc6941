"""Six-digit codes that go to an address: made, sent a few times, guessed at a few times, kept as a keyed digest."""

import hmac
import secrets
from typing import Protocol
from uuid import UUID

from django.utils import timezone

from upheld.accounts.answers import CodeSpent, NoMoreCodes, WrongCode
from upheld.accounts.models import AddressChange, SignUp
from upheld.accounts.periods import CODE_LASTS, CODE_SENDS, CODE_TRIES
from upheld.vault.keys.ring import service_key

COLUMNS = ["digest", "code_at", "tries", "sends"]
Coded = SignUp | AddressChange


class Row(Protocol):
    """Any row about a person."""

    id: UUID

    @classmethod
    def label(cls) -> str: ...


def digest(row: Row, secret: str) -> bytes:
    """32 bytes that only this instance's key makes, bound to the row: a code serves where it was issued."""
    return hmac.digest(service_key("codes"), f"{row.label()}\0{row.id}\0{secret}".encode("utf-8", "replace"), "sha256")


def issue(row: Coded) -> str:
    """A new code in the row (not saved); the one before counts no more."""
    code = f"{secrets.randbelow(10**6):06}"
    row.digest, row.code_at, row.tries = digest(row, code), timezone.now(), 0
    return code


def issue_again(row: Coded) -> str | NoMoreCodes:
    """Another code, for a row already there, while it has sends left; saved."""
    if row.sends >= CODE_SENDS:
        return NoMoreCodes()
    code = issue(row)
    row.sends += 1
    row.save(update_fields=COLUMNS)
    return code


def refuse(row: Coded, code: str) -> WrongCode | CodeSpent | None:
    """Why this code does not do, counted on the row, which the caller has locked; None when it does."""
    if row.tries >= CODE_TRIES or timezone.now() - row.code_at > CODE_LASTS:
        return CodeSpent()
    if hmac.compare_digest(digest(row, typed(code)), bytes(row.digest)):
        return None
    row.tries += 1
    row.save(update_fields=["tries"])
    return WrongCode(CODE_TRIES - row.tries) if row.tries < CODE_TRIES else CodeSpent()


def typed(code: str) -> str:
    """A code as people type it: spaces and hyphens left out."""
    return "".join(code.split()).replace("-", "")
