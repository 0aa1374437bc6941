"""Another password, another address: each with notice by letter, and each ending what the old one could still open."""

from datetime import datetime

from django.contrib.auth import HASH_SESSION_KEY
from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.accounts import codes, limits, passwords
from upheld.accounts.answers import AddressTaken, CodeSpent, Gone, NoMoreCodes, TooMany, WrongCode
from upheld.accounts.letters import AddressCode, AddressEntered, AddressKnown, AddressLeft, PasswordChanged
from upheld.accounts.models import Account, AddressChange, Reset, new_stamp
from upheld.accounts.notices import address_of, notify
from upheld.accounts.periods import SIGN_UP_KEEPS
from upheld.accounts.presence import Proof
from upheld.accounts.sessions import SessionStore
from upheld.accounts.signing_in import end_other_sessions
from upheld.contact import verbs as contact
from upheld.contact.addresses import read
from upheld.contact.models import Address
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.errors import AlreadyHeld

SOURCE = "account"
PURPOSE = "security"


def change_password(account: Account, *, new: str, proof: Proof, session: SessionStore | None, by: Actor) -> Account:
    """Another password. Every session but this one ends, and so do links for a new one that are still out.

    Raises NotProven, PasswordUnfit.
    """
    proof.check(account)
    passwords.fit(new)
    return replace_password(account, encoded=passwords.hashed(new), session=session, by=by)


@transaction.atomic
def replace_password(account: Account, *, encoded: str, session: SessionStore | None, by: Actor) -> Account:
    require(Act.PASSWORD_CHANGE, by=by, subject=account.subject)
    Account.objects.lock(account)
    account = vault.correct(account, {"password": encoded}, source=SOURCE, by=by)
    account.stamp = new_stamp()
    account.save(update_fields=["stamp"])
    Reset.objects.for_subject(account.subject).delete()
    end_other_sessions(account, keep=session.row_id if session else None, by=by, reason="password")
    if session is not None:
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session.save()
    ledger.append(Act.PASSWORD_CHANGE, by=by, subject=account.subject, facts={"row": account.reference})
    notify(account, PasswordChanged(), by=by)
    return account


@transaction.atomic
def begin_change_of_address(account: Account, *, email: str, proof: Proof, by: Actor) -> AddressChange | TooMany:
    """Send a code to the new address. One that someone else has gets another letter, and the same answer.

    A change begun before is dropped. Raises NotProven, NotAnAddress.
    """
    proof.check(account)
    require(Act.ADDRESS_CHANGE, by=by, subject=account.subject)
    email = read(email)
    refused = limits.take([(limits.LETTERS, vault.digest("email", email)), (limits.LETTERS_BY, account.subject.bytes)])
    if refused is not None:
        return refused
    Account.objects.lock(account)
    AddressChange.objects.for_subject(account.subject).delete()
    row = AddressChange(subject=account.subject, started_at=timezone.now())
    code = codes.issue(row)
    vault.collect(row, {"email": email}, source=SOURCE, by=by)
    _write(row, email=email, code=code, by=by)
    return row


@transaction.atomic
def resend_address_code(account: Account, *, by: Actor) -> AddressChange | NoMoreCodes | Gone | TooMany:
    """Send another code to the new address, three letters in all."""
    require(Act.CODE_SEND, by=by, subject=account.subject)
    row = _locked(account)
    if row is None:
        return Gone()
    email = vault.open(row, ["email"], by=by, purpose=PURPOSE)["email"] or ""
    refused = limits.take([(limits.LETTERS, vault.digest("email", email)), (limits.LETTERS_BY, account.subject.bytes)])
    if refused is not None:
        return refused
    code = codes.issue_again(row)
    if isinstance(code, NoMoreCodes):
        return code
    ledger.append(Act.CODE_SEND, by=by, subject=account.subject, facts={"row": row.reference})
    _write(row, email=email, code=code, by=by)
    return row


def pending_address(account: Account) -> AddressChange | None:
    """The change that waits for its code."""
    return AddressChange.objects.for_subject(account.subject).filter(started_at__gt=_day_ago()).first()


@transaction.atomic
def confirm_change_of_address(
    account: Account, *, code: str, by: Actor
) -> Address | WrongCode | CodeSpent | Gone | AddressTaken:
    """The code from the new address was typed: it takes the old one's place. Notice goes to both."""
    row, address = _locked(account), address_of(account)
    if row is None or address is None:
        return Gone()
    refused = codes.refuse(row, code)
    if refused is not None:
        return refused
    email = vault.open(row, ["email"], by=by, purpose=PURPOSE)["email"] or ""
    try:
        with transaction.atomic():
            notify(account, AddressLeft(), by=by, as_now=True)
            address = contact.change_address(address, email=email, source=SOURCE, by=by)
    except AlreadyHeld:
        return AddressTaken()
    row.delete()
    Reset.objects.for_subject(account.subject).delete()  # a link in the old mailbox must not serve any more
    notify(account, AddressEntered(), by=by)
    return address


def expire_address_changes() -> int:
    """Drop the changes of address that were not confirmed within a day. Returns how many."""
    over = list(AddressChange.objects.filter(started_at__lt=_day_ago())[:500])
    return sum(_expire(row) for row in over)


@transaction.atomic
def _expire(row: AddressChange) -> bool:
    by = Actor.system("address_changes")
    require(Act.ADDRESS_CHANGE_EXPIRE, by=by, subject=row.subject)
    if not AddressChange.objects.filter(subject=row.subject, pk=row.pk).delete()[0]:
        return False
    ledger.append(Act.ADDRESS_CHANGE_EXPIRE, by=by, subject=row.subject, facts={"row": row.reference})
    return True


def _write(row: AddressChange, *, email: str, code: str, by: Actor) -> None:
    known = vault.find(Address, "email", email)
    if known:
        # Not by the person: what they may act on is their own data only.
        contact.send(AddressKnown(), to=known, by=Actor.system("letters"))
    else:
        contact.send(AddressCode(code), to=row, by=by)


def _locked(account: Account) -> AddressChange | None:
    rows = AddressChange.objects.select_for_update().filter(subject=account.subject)
    return rows.filter(started_at__gt=_day_ago()).first()


def _day_ago() -> datetime:
    return timezone.now() - SIGN_UP_KEEPS
