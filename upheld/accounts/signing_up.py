"""Signing up: what is asked for is sealed at once, and becomes an account when the code from the letter is typed."""

from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.accounts import codes, limits, passwords
from upheld.accounts.answers import AddressTaken, CodeSpent, Gone, NoMoreCodes, TooMany, WrongCode
from upheld.accounts.letters import SignUpCode, SignUpKnown
from upheld.accounts.models import Account, SignUp, account_of
from upheld.accounts.periods import SIGN_UP_KEEPS
from upheld.contact import verbs as contact
from upheld.contact.addresses import read
from upheld.contact.models import Address
from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault.errors import AlreadyHeld
from upheld.vault.keys import ring

SOURCE = PURPOSE = "sign_up"
FROM_HERE = limits.Limit("sign_up.here", 120, 3600)


def begin_sign_up(*, email: str, password: str, by: Actor, source: str, card: str = "") -> SignUp | TooMany:
    """Seal what was typed, and write to the address. `source` is where the request comes from, kept nowhere; `card` is
    what the payments room knows of a card, for it to read again when the account is made.

    An address that has an account gets another letter, and the same answer: only its owner learns of it.
    Raises NotAnAddress, PasswordUnfit, Refused.
    """
    email = read(email)
    passwords.fit(password)
    refused = limits.take(_limits(email, source))
    if refused is not None:
        return refused
    encoded = passwords.hashed(password)  # before the transaction: hashing is slow, and would keep others waiting
    return _begin(email=email, encoded=encoded, card=card, by=by)


def _limits(email: str, source: str) -> list[limits.Asked]:
    here = limits.whereabouts(source)
    return [(FROM_HERE, here), *limits.letters(vault.digest("email", email), here)]


@transaction.atomic
def _begin(*, email: str, encoded: str, card: str, by: Actor) -> SignUp:
    subject = vault.new_subject()
    require(Act.SIGN_UP_BEGIN, by=by, subject=subject)
    row = SignUp(subject=subject, started_at=timezone.now())
    code = codes.issue(row)
    values = {"email": email, "password": encoded} | ({"card": card} if card else {})
    vault.collect(row, values, source=SOURCE, by=by)
    ledger.append(Act.SIGN_UP_BEGIN, by=by, subject=subject, facts={"row": row.reference})
    _write(row, email=email, code=code, by=by)
    return row


def _write(row: SignUp, *, email: str, code: str, by: Actor) -> None:
    """The code to a new address; to one that has an account, at the spelling on file, that someone tried."""
    known = vault.find(Address, "email", email)
    if known and account_of(known.subject):
        contact.send(SignUpKnown(), to=known, by=by)
    else:
        contact.send(SignUpCode(code), to=row, by=by)


@transaction.atomic
def resend_code(sign_up: SignUp, *, by: Actor, source: str) -> SignUp | NoMoreCodes | Gone | TooMany:
    """Send another code, three letters in all. The code before counts no more."""
    require(Act.CODE_SEND, by=by, subject=sign_up.subject)
    row = _locked(sign_up)
    if row is None:
        return Gone()
    email = vault.open(row, ["email"], by=by, purpose=PURPOSE)["email"] or ""
    refused = limits.take(_limits(email, source))
    if refused is not None:
        return refused
    code = codes.issue_again(row)
    if isinstance(code, NoMoreCodes):
        return code
    ledger.append(Act.CODE_SEND, by=by, subject=row.subject, facts={"row": row.reference})
    _write(row, email=email, code=code, by=by)
    return row


@transaction.atomic
def confirm_sign_up(sign_up: SignUp, *, code: str, by: Actor) -> Account | WrongCode | CodeSpent | Gone | AddressTaken:
    """Make the account, under the sign-up's own subject and times. Two at once make one.

    Whoever ordered as a guest with this address has a subject already: the code shows that they are the same person,
    and the account is theirs.
    """
    require(Act.ACCOUNT_CREATE, by=by, subject=sign_up.subject)
    row = _locked(sign_up)
    if row is None:
        return Gone()
    refused = codes.refuse(row, code)
    if refused is not None:
        return refused
    try:
        return _account(row, by=by)
    except AlreadyHeld:
        return AddressTaken()


@transaction.atomic
def _account(row: SignUp, *, by: Actor) -> Account:
    since = row.held()["email"].at
    opened = vault.open(row, ["email", "password"], by=by, purpose=PURPOSE)
    address = _guest(opened["email"] or "")
    if address is None:
        address = contact.add_address(row.subject, email=opened["email"] or "", source=SOURCE, by=by, since=since)
    subject = address.subject
    contact.verify_address(address, by=by)
    account = Account(id=subject, subject=subject, created_at=timezone.now())
    vault.collect(account, {"password": opened["password"] or ""}, source=SOURCE, by=by, since=since)
    ledger.append(Act.ACCOUNT_CREATE, by=by, subject=subject, facts={"row": account.reference})
    if subject == row.subject:
        row.delete()
        _forget_key(row)
    else:
        _give_up(row)
    return account


def _guest(email: str) -> Address | None:
    """The address of someone who ordered without signing up, locked so that two confirmations make one account."""
    known = vault.find(Address, "email", email)
    if known is None:
        return None
    known = Address.objects.lock(known)
    return None if account_of(known.subject) else known


def _give_up(row: SignUp) -> None:
    """The sign-up's own subject has become nobody: it counts as one that was not finished, and goes as those do."""
    row.started_at = timezone.now() - 2 * SIGN_UP_KEEPS
    row.save(update_fields=["started_at"])
    transaction.on_commit(lambda: _expire(row))


def _forget_key(row: SignUp) -> None:
    """What was sealed for a day only can be read no more, in no copy, once it has served."""
    policy = force.in_force()
    served = {policy.retention_class(row.label(), datum) for datum in row.data_of(row.sealed_fields())}
    served -= {policy.retention_class("address", "email"), policy.retention_class("account", "password")}
    transaction.on_commit(lambda: ring.destroy(row.subject, served))


def _locked(sign_up: SignUp) -> SignUp | None:
    rows = SignUp.objects.select_for_update().filter(subject=sign_up.subject, pk=sign_up.pk)
    return rows.filter(started_at__gt=timezone.now() - SIGN_UP_KEEPS).first()


def expire_sign_ups() -> int:
    """Shred every sign-up that was not finished within its day. Safe to interrupt and repeat; returns how many."""
    rows = list(SignUp.objects.unfinished()[:500])
    return sum(_expire(row) for row in rows)


def _expire(row: SignUp) -> bool:
    by = Actor.system("sign_ups")
    require(Act.SIGN_UP_EXPIRE, by=by, subject=row.subject)
    with transaction.atomic():
        # Locked, so that a confirmation that is under way ends first; a later one finds the day over.
        if not SignUp.objects.select_for_update().filter(subject=row.subject, pk=row.pk).exists():
            return False
        if not ledger.Entry.objects.of(row.subject).filter(act=Act.SIGN_UP_EXPIRE).exists():
            ledger.append(Act.SIGN_UP_EXPIRE, by=by, subject=row.subject, facts={"row": row.reference})
    contact.burn_letters(row.subject)
    vault.shred(row.subject, by=by, because="expired")
    return True
