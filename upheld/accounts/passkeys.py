"""Passkeys: made by someone signed in, and then a way in of its own, with no second factor beside it."""

import json
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from upheld import ledger, vault
from upheld.accounts import ceremonies
from upheld.accounts.answers import WrongPasskey
from upheld.accounts.ceremonies import NAME_LENGTH, Ceremony
from upheld.accounts.letters import PasskeyAdded, PasskeyRemoved
from upheld.accounts.models import Account, Passkey, account_of
from upheld.accounts.notices import address_of, notify
from upheld.accounts.presence import Proof
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.vault import index
from upheld.vault.errors import AlreadyHeld
from upheld.vault.scrubbing import scrub_after_commit

PURPOSE = "sign_in"
SOURCE = "account"


def begin_passkey(account: Account, *, proof: Proof, by: Actor) -> Ceremony:
    """Ask the browser for a new passkey. The address is opened to name it: authenticators show it. Raises NotProven."""
    proof.check(account)
    require(Act.PASSKEY_ADD, by=by, subject=account.subject)
    address = address_of(account)
    email = vault.open(address, ["email"], by=by, purpose=PURPOSE)["email"] if address else None
    name = email or ceremonies.site()
    return ceremonies.ask_to_make(name=name, handle=account.id.bytes, existing=_ids(account, by=by))


@transaction.atomic
def finish_passkey(
    account: Account, *, credential: str, challenge: str, name: str, by: Actor
) -> Passkey | WrongPasskey:
    """Keep the passkey that the browser made (its JSON). `name` is what its owner calls it, 60 characters at most."""
    require(Act.PASSKEY_ADD, by=by, subject=account.subject)
    made = ceremonies.made(credential, challenge=challenge)
    if made is None:
        return WrongPasskey()
    rest = {
        "name": name.strip()[:NAME_LENGTH] or "Passkey",
        "public_key": made.public_key,
        "transports": made.transports,
    }
    row = Passkey(subject=account.subject, sign_count=made.sign_count, created_at=timezone.now())
    values = {"credential_id": made.id.hex(), "credential": json.dumps(rest)}
    try:
        vault.collect(row, values, source=SOURCE, by=by)
    except AlreadyHeld:
        return WrongPasskey()
    ledger.append(Act.PASSKEY_ADD, by=by, subject=account.subject, facts={"row": row.reference})
    notify(account, PasskeyAdded(), by=by)
    return row


@transaction.atomic
def remove_passkey(account: Account, *, passkey: UUID, proof: Proof, by: Actor) -> bool:
    """Forget the passkey with this id. False when the account has none such. Raises NotProven."""
    proof.check(account)
    require(Act.PASSKEY_REMOVE, by=by, subject=account.subject)
    row = Passkey.objects.for_subject(account.subject).filter(pk=passkey).first()
    if row is None:
        return False
    index.leave(row, row.sealed_fields())
    row.delete()
    scrub_after_commit()
    ledger.append(Act.PASSKEY_REMOVE, by=by, subject=account.subject, facts={"row": row.reference})
    notify(account, PasskeyRemoved(), by=by)
    return True


def passkeys_of(account: Account, *, by: Actor) -> list[tuple[Passkey, str]]:
    """The account's passkeys, the oldest first, each with the name that its owner gave it."""
    rows = list(Passkey.objects.for_subject(account.subject).order_by("id"))
    opened = vault.open(rows, ["credential"], by=by, purpose=PURPOSE)
    return [(row, _parsed(values["credential"])["name"]) for row, values in zip(rows, opened, strict=True)]


def begin_passkey_sign_in(account: Account | None = None, *, by: Actor) -> Ceremony:
    """Ask the browser for a passkey: any of this site, or one of the account's for someone who is to prove it again."""
    return ceremonies.ask_to_use(_ids(account, by=by) if account else None)


@transaction.atomic
def finish_passkey_sign_in(
    *, credential: str, challenge: str, by: Actor, owner: Account | None = None
) -> Account | WrongPasskey:
    """Whose passkey answered; with `owner`, theirs only. It needs no second factor: it is two."""
    id = ceremonies.id_in(credential) if challenge else None
    row = vault.find(Passkey, "credential_id", id.hex()) if id else None
    account = account_of(row.subject) if row else None
    if row is None or account is None or (owner is not None and account != owner):
        return WrongPasskey()
    row = Passkey.objects.lock(row)
    key = _parsed(vault.open(row, ["credential"], by=by, purpose=PURPOSE)["credential"])["public_key"]
    count = ceremonies.used(
        credential, challenge=challenge, public_key=key, sign_count=row.sign_count, handle=account.id.bytes
    )
    if count is None:
        return WrongPasskey()
    row.sign_count, row.used_at = count, timezone.now()
    row.save(update_fields=["sign_count", "used_at"])
    return account


def _ids(account: Account, *, by: Actor) -> list[bytes]:
    rows = list(Passkey.objects.for_subject(account.subject))
    opened = vault.open(rows, ["credential_id"], by=by, purpose=PURPOSE)
    return [bytes.fromhex(values["credential_id"] or "") for values in opened]


def _parsed(credential: str | None) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(credential or "{}")
    return parsed
