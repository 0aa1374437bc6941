"""Signing in with a password, the sessions that follow, and signing out.

An address that has no account costs the same work, leaves as many entries in the ledger (whose size is public) and
gets the same answer as a wrong password.
"""

from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.accounts import limits, passwords
from upheld.accounts.answers import NeedsCode, TooMany, Wrong
from upheld.accounts.devices import device
from upheld.accounts.models import Account, Session, Totp, account_of
from upheld.accounts.sessions import SessionStore
from upheld.contact.models import Address
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.keys import ring

PURPOSE = "sign_in"
SOURCE = "account"
# Tight for one place, loose for the account: whoever guesses must not keep its owner out. Passkeys have none.
TOGETHER = limits.Limit("sign_in.account_here", 8, 600)
ACCOUNT = limits.Limit("sign_in.account", 120, 3600)
HERE = limits.Limit("sign_in.here", 300, 3600)


def sign_in(*, email: str, password: str, by: Actor, source: str) -> Account | NeedsCode | Wrong | TooMany:
    """Whose address and password these are. `source` is where the request comes from, kept nowhere.

    With an account, `start_session`; with NeedsCode, `confirm_code` first.
    """
    whose, here = vault.digest("email", email), limits.whereabouts(source)
    with transaction.atomic():
        refused = limits.take([(TOGETHER, here + whose), (ACCOUNT, whose), (HERE, here)])
        if refused is not None:
            return refused
        account, encoded = _password(email, by=by)
    right = passwords.matches(password, encoded)  # outside of any transaction: it is slow
    if account is None or not right:
        return Wrong()
    limits.give_back(TOGETHER, here + whose)
    return NeedsCode(account) if has_second_factor(account) else account


def has_second_factor(account: Account) -> bool:
    return Totp.objects.for_subject(account.subject).exclude(confirmed_at=None).exists()


def _password(email: str, *, by: Actor) -> tuple[Account, str | None] | tuple[None, None]:
    address = vault.find(Address, "email", email)
    account = account_of(address.subject) if address else None
    if account is None:
        nobody(by=by)
        return None, None
    return account, vault.open(account, ["password"], by=by, purpose=PURPOSE)["password"]


def nobody(*, by: Actor) -> None:
    """The work that an account would have made, when there is none: the same queries, and an entry of the ledger."""
    somebody = vault.new_subject()
    Address.objects.filter(subject=somebody, id=somebody).first()
    account_of(somebody)
    with transaction.atomic():
        ledger.append(Act.ADDRESS_UNKNOWN, by=by)
        ring.of([somebody])


@transaction.atomic
def start_session(session: SessionStore, account: Account, *, ways: list[str], user_agent: str) -> Session:
    """This browser is the account's from now on. `ways` are how they showed it: password, passkey, totp, recovery_code.

    Nothing of the visitor's session is carried over. The door rotates its CSRF token.
    """
    by = Actor.person(account.subject)
    require(Act.SESSION_START, by=by, subject=account.subject)
    if isinstance(before := session.row, Session):
        _end([before], by=Actor.system("sessions"), reason="replaced")
    row = session.begin(account.subject)
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    row = Session.objects.get(subject=row.subject, pk=row.pk)
    vault.collect(row, {"device": device(user_agent)}, source=SOURCE, by=by)
    facts: dict[str, ledger.Fact] = {"row": row.reference, "ways": ways}
    ledger.append(Act.SESSION_START, by=by, subject=account.subject, facts=facts)
    return row


@transaction.atomic
def end_session(account: Account, *, session: UUID, by: Actor) -> bool:
    """End one session of this account, by its row's id. False when it has none such."""
    require(Act.SESSION_END, by=by, subject=account.subject)
    rows = Session.objects.for_subject(account.subject).filter(pk=session)
    return _end(list(rows), by=by, reason="asked") == 1


@transaction.atomic
def end_other_sessions(account: Account, *, keep: UUID | None, by: Actor, reason: str = "asked") -> int:
    """End every session of this account but one. Returns how many."""
    require(Act.SESSION_END, by=by, subject=account.subject)
    rows = Session.objects.for_subject(account.subject)
    return _end([row for row in rows if row.pk != keep], by=by, reason=reason)


@transaction.atomic
def expire_sessions() -> int:
    """End every session that is over, visitors' ones without a record. Returns how many people's there were."""
    SessionStore.clear_expired()
    over = Session.objects.filter(expires_at__lt=timezone.now())[:500]
    return _end(list(over), by=Actor.system("sessions"), reason="expired")


def _end(rows: list[Session], *, by: Actor, reason: str) -> int:
    for row in rows:
        require(Act.SESSION_END, by=by, subject=row.subject)
        row.delete()
    ledger.append_many(
        [
            ledger.Draft(Act.SESSION_END, by=by, subject=row.subject, facts={"row": row.reference, "reason": reason})
            for row in rows
        ]
    )
    return len(rows)


def sessions_of(account: Account, *, by: Actor) -> list[tuple[Session, str]]:
    """Where this account is signed in, the latest first, each with its browser (`Firefox on Linux`)."""
    rows = list(Session.objects.for_subject(account.subject).filter(expires_at__gt=timezone.now()).order_by("-id"))
    opened = vault.open(rows, ["device"], by=by, purpose=PURPOSE)
    return [(row, values["device"] or "A browser") for row, values in zip(rows, opened, strict=True)]
