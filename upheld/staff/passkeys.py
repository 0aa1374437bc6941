"""Passkeys of members: one more, one fewer, and whose it is that answered."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from upheld import ledger
from upheld.accounts import ceremonies, limits
from upheld.accounts.answers import TooMany, WrongPasskey
from upheld.accounts.ceremonies import NAME_LENGTH, Ceremony, Made
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff import sealing
from upheld.staff.errors import LastPasskey
from upheld.staff.letters import StaffPasskeyAdded, StaffPasskeyRemoved
from upheld.staff.models import Member, StaffPasskey
from upheld.staff.notices import write

WHAT = "passkey"
HERE = limits.Limit(
    "staff.passkeys_here", 300, 3600
)  # each makes a row, and where we are behind a proxy, all come here


def begin(member: Member) -> Ceremony:
    """Ask the member's browser for a new passkey, which the device shows under their pseudonym."""
    return ceremonies.ask_to_make(name=member.pseudonym, handle=member.pk.bytes, existing=_ids(member))


@transaction.atomic
def add(member: Member, *, credential: str, challenge: str, name: str, by: Actor) -> StaffPasskey | WrongPasskey:
    """Keep what the browser made, and tell the member by letter. Raises Refused."""
    require(Act.STAFF_PASSKEY_ADD, by=by)
    made = ceremonies.made(credential, challenge=challenge)
    if made is None:
        return WrongPasskey()
    row = kept(member, made, name=name)
    if row:
        ledger.append(Act.STAFF_PASSKEY_ADD, by=by, facts={"passkey": str(row.pk)})
        write(member, StaffPasskeyAdded())
    return row


def kept(member: Member, made: Made, *, name: str) -> StaffPasskey | WrongPasskey:
    """The row of a passkey that was just made; WrongPasskey when it is somebody's already. In a transaction."""
    values = {
        "id": made.id.hex(),
        "public_key": made.public_key,
        "transports": made.transports,
        "name": name.strip()[:NAME_LENGTH] or "Passkey",
    }
    id = uuid7()
    row = StaffPasskey(
        id=id, member=member, digest=sealing.digest(WHAT, made.id.hex()), sign_count=made.sign_count,
        sealed=sealing.seal(values, member=member.pk, what=f"{WHAT} {id}"), created_at=timezone.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return WrongPasskey()
    return row


@transaction.atomic
def remove(member: Member, *, passkey: UUID, by: Actor) -> bool:
    """Forget the member's passkey with this id, and tell them by letter. False when they have none such.

    Raises LastPasskey, Refused.
    """
    require(Act.STAFF_PASSKEY_REMOVE, by=by)
    rows = {row.pk: row for row in StaffPasskey.objects.select_for_update().filter(member=member).order_by("id")}
    if passkey not in rows:
        return False
    if len(rows) == 1:
        raise LastPasskey
    rows[passkey].delete()
    ledger.append(Act.STAFF_PASSKEY_REMOVE, by=by, facts={"passkey": str(passkey)})
    write(member, StaffPasskeyRemoved())
    return True


def of(member: Member) -> list[tuple[StaffPasskey, str]]:
    """The member's passkeys, the oldest first, each with the name that they gave it."""
    rows = StaffPasskey.objects.filter(member=member).order_by("id")
    return [(row, str(_opened(row)["name"])) for row in rows]


def ask(member: Member) -> Ceremony:
    """Ask the member's browser for one of their passkeys, to show again that it is them."""
    return ceremonies.ask_to_use(_ids(member))


def ask_anyone(*, source: str) -> Ceremony | TooMany:
    """Ask for any passkey of this site. `source` is where the request comes from, kept nowhere."""
    refused = limits.take([(HERE, limits.whereabouts(source))])
    return ceremonies.ask_to_use() if refused is None else refused


@transaction.atomic
def answered(*, credential: str, challenge: str, owner: Member | None = None) -> Member | WrongPasskey:
    """Who answered, of those who are here; with `owner`, they alone."""
    id = ceremonies.id_in(credential) if challenge else None
    rows = StaffPasskey.objects.select_related("member").select_for_update(of=("self",))
    row = rows.filter(digest=sealing.digest(WHAT, id.hex())).first() if id else None
    if row is None or not row.member.is_here or (owner is not None and row.member != owner):
        return WrongPasskey()
    count = ceremonies.used(
        credential, challenge=challenge, public_key=str(_opened(row)["public_key"]), sign_count=row.sign_count,
        handle=row.member.pk.bytes,
    )  # fmt: skip
    if count is None:
        return WrongPasskey()
    row.sign_count, row.used_at = count, timezone.now()
    row.save(update_fields=["sign_count", "used_at"])
    return row.member


def _ids(member: Member) -> list[bytes]:
    return [bytes.fromhex(str(_opened(row)["id"])) for row in StaffPasskey.objects.filter(member=member)]


def _opened(row: StaffPasskey) -> dict[str, object]:
    return sealing.unseal(row.sealed, member=row.member_id, what=f"{WHAT} {row.pk}")
