"""What a browser's session remembers between two pages: ids and times, never a datum. The doors read and write here."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from upheld.accounts.errors import NotProven
from upheld.accounts.models import Account, SignUp, account_of
from upheld.accounts.periods import CEREMONY_LASTS, PROOF_LASTS, SECOND_STEP_LASTS

SIGN_UP, SECOND_STEP, PROOF, CEREMONY = "sign_up", "second_step", "proof", "ceremony"


@dataclass(frozen=True, slots=True)
class Proof:
    """That this person has just shown again who they are. Asked for by every verb that could lock them out."""

    account: UUID
    at: float

    def check(self, account: Account) -> None:
        """Raises NotProven."""
        if self.account != account.id or not 0 <= time.time() - self.at <= PROOF_LASTS.total_seconds():
            raise NotProven


def remember_sign_up(session: SessionBase, sign_up: SignUp) -> None:
    session[SIGN_UP] = [str(sign_up.subject), str(sign_up.id)]


def sign_up_of(session: SessionBase) -> SignUp | None:
    """The sign-up that this browser began, if it is still under way."""
    ids = session.get(SIGN_UP)
    return SignUp.objects.filter(subject=UUID(ids[0]), pk=UUID(ids[1])).first() if ids else None


def forget_sign_up(session: SessionBase) -> None:
    session.pop(SIGN_UP, None)


def await_code(session: SessionBase, account: Account) -> None:
    """The password was right (`NeedsCode`): the code may follow within five minutes, from this browser."""
    session[SECOND_STEP] = [str(account.id), account.get_session_auth_hash(), time.time()]


def awaited(session: SessionBase) -> Account | None:
    """Whose second factor this browser is asked for; nobody's when it took too long or the password has changed."""
    found = session.get(SECOND_STEP)
    if not found or _over(found[2], SECOND_STEP_LASTS):
        return None
    account = account_of(UUID(found[0]))
    return account if account and account.get_session_auth_hash() == found[1] else None


def mark_proven(session: SessionBase, proof: Proof) -> None:
    session[PROOF] = [str(proof.account), proof.at]


def proof(session: SessionBase, account: Account) -> Proof | None:
    """The proof in this session, while it holds."""
    found = session.get(PROOF)
    if not found or found[0] != str(account.id) or _over(found[1], PROOF_LASTS):
        return None
    return Proof(account.id, found[1])


def open_ceremony(session: SessionBase, challenge: str) -> None:
    """A passkey is being made or used: what the browser has to answer to."""
    session[CEREMONY] = [challenge, time.time()]


def close_ceremony(session: SessionBase) -> str:
    """The challenge, which serves once; empty when there is none or it is over."""
    found: Any = session.pop(CEREMONY, None)
    return str(found[0]) if found and not _over(found[1], CEREMONY_LASTS) else ""


def _over(since: float, lasts: timedelta) -> bool:
    return not 0 <= time.time() - since <= lasts.total_seconds()
