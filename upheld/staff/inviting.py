"""Somebody is to work here: a letter with a link that serves once."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from upheld import crockford, ledger
from upheld.contact import verbs as contact
from upheld.contact.addresses import read
from upheld.contact.letters import Link, on_site
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff import jobs as held
from upheld.staff import sealing
from upheld.staff.errors import InvitationOver, IsHere
from upheld.staff.letters import StaffInvited
from upheld.staff.models import Invitation, Member
from upheld.staff.periods import INVITATION_LASTS

SECRET = 24  # bytes
PSEUDONYM = 5  # signs, of 5 bits each


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who may join, and the link by which they do; it is in their letter, and is kept nowhere."""

    member: Member
    link: Link


@transaction.atomic
def invite(address: str, *, name: str = "", jobs: Iterable[str] = (), by: Actor) -> Invited:
    """Write to the address. Whoever was invited and has not joined gets a new link, the jobs named now, and the link
    before serves no more.

    Raises NotAnAddress, NoSuchJob, IsHere, Refused.
    """
    require(Act.MEMBER_INVITE, by=by)
    address, wanted = read(address), held.checked(jobs)
    member = _invited(address)
    member.named = _named(member, name=name.strip(), address=address)
    member.jobs = wanted
    member.save(update_fields=["named", "jobs"])
    link = _new_link(member)
    contact.answer(StaffInvited(link), email=address, by=Actor.system("letters"))
    facts: dict[str, ledger.Fact] = {"member": str(member.pk), "jobs": wanted}
    ledger.append(Act.MEMBER_INVITE, by=by, facts=facts)
    return Invited(member, link)


def invitation(secret: str, *, lock: bool = False) -> Invitation:
    """The invitation with this secret, while it serves. Raises InvitationOver."""
    rows = Invitation.objects.select_related("member")
    rows = rows.select_for_update() if lock else rows
    found = rows.filter(digest=sealing.digest("invitation", secret), used_at=None).first()
    if found is None or found.expires_at <= timezone.now() or found.member.left_at is not None:
        raise InvitationOver
    return found


def invitations() -> set[tuple[str, str]]:
    """Which member invited which, by their ids, as the ledger has it; what the operator did is not in it."""
    entries = ledger.Entry.objects.filter(act=Act.MEMBER_INVITE).iterator()
    return {(each.by["id"], str(each.facts["member"])) for each in entries if each.by["kind"] == Kind.STAFF}


def digest(address: str) -> bytes:
    """Of an address as `read` gives it: equal however it is capitalised."""
    return sealing.digest("address", address.casefold())


def _invited(address: str) -> Member:
    """Whoever was invited at this address and has not joined; of two invitations at once, both find the same row."""
    new = Member(id=uuid7())
    values = {"id": new.pk, "pseudonym": _new_pseudonym(), "named": _named(new), "invited_at": timezone.now()}
    row, _ = Member.objects.get_or_create(address_digest=digest(address), left_at=None, defaults=values)
    found: Member = Member.objects.select_for_update().get(pk=row.pk)
    if found.enrolled_at is not None:
        raise IsHere(found)
    return found


def _named(member: Member, *, name: str = "", address: str = "") -> bytes:
    return sealing.seal({"name": name, "address": address}, member=member.pk, what="named")


def _new_pseudonym() -> str:
    while Member.objects.filter(pseudonym=(made := f"S-{crockford.new(PSEUDONYM)}")).exists():
        continue
    return made


def _new_link(member: Member) -> Link:
    Invitation.objects.filter(member=member).delete()
    secret, now = secrets.token_urlsafe(SECRET), timezone.now()
    Invitation.objects.create(
        member=member, digest=sealing.digest("invitation", secret), sent_at=now, expires_at=now + INVITATION_LASTS
    )
    return on_site(f"/desk/join/{secret}/")
