"""Signing up with a card: kept by the processor when the form is sent, on file when the account is made."""

import json
from dataclasses import asdict
from uuid import UUID

from django.db import transaction

from upheld import vault
from upheld.accounts import limits, passwords
from upheld.accounts import verbs as accounts
from upheld.accounts.answers import AddressTaken, CodeSpent, Gone, TooMany, WrongCode
from upheld.accounts.models import Account, SignUp
from upheld.contact.addresses import read
from upheld.payments.answers import Declined
from upheld.payments.cards import put_on_file
from upheld.payments.keeping import PROCESSOR, keep
from upheld.payments.models import Keeping
from upheld.payments.processor import KeptCard
from upheld.policy.actors import Actor

SOURCE = PURPOSE = "sign_up"
FROM_HERE = limits.Limit("cards.here", 60, 3600)  # nobody is to try out stolen cards on us


def begin(*, email: str, password: str, card_token: str = "", by: Actor, source: str) -> SignUp | TooMany | Declined:
    """`accounts.begin_sign_up`, with the card that was typed for this token.

    What is wrong with address and password is said before the token is spent. Raises NotAnAddress, PasswordUnfit,
    Refused.
    """
    read(email)
    passwords.fit(password)
    if not card_token:
        return accounts.begin_sign_up(email=email, password=password, by=by, source=source)
    refused = limits.take([(FROM_HERE, limits.whereabouts(source))])
    if refused is not None:
        return refused
    kept = keep(card_token)
    if isinstance(kept, Declined):
        return kept
    begun = accounts.begin_sign_up(email=email, password=password, by=by, source=source, card=_written(*kept))
    if isinstance(begun, SignUp):
        # On record, so that the processor is told when the sign-up is not finished and goes.
        system = Actor.system(SOURCE)
        vault.disclose(begun, ["card"], to=PROCESSOR, by=system, because=str(kept[0]))
    return begun


@transaction.atomic
def confirm(sign_up: SignUp, *, code: str, by: Actor) -> Account | WrongCode | CodeSpent | Gone | AddressTaken:
    """`accounts.confirm_sign_up`, and the card is on file from the same moment."""
    row = SignUp.objects.filter(subject=sign_up.subject, pk=sign_up.pk).first()
    account = accounts.confirm_sign_up(sign_up, code=code, by=by)
    if row is not None and isinstance(account, Account) and row.card:
        # The row is deleted by now, and its key goes with the commit.
        written = vault.open(row, ["card"], by=by, purpose=PURPOSE)["card"] or ""
        _put_on_file(account, written, since=row.held()["card"].at, by=by)
    return account


def _written(keeping: Keeping, card: KeptCard) -> str:
    return json.dumps({"id": str(keeping.pk), "processor": keeping.processor, **asdict(card)})


def _put_on_file(account: Account, written: str, *, since: int, by: Actor) -> None:
    given = json.loads(written)
    id, processor = UUID(given.pop("id")), given.pop("processor")
    put_on_file(account.subject, KeptCard(**given), id=id, processor=processor, source=SOURCE, by=by, since=since)
