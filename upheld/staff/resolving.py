"""Pseudonyms: whose row it is, which anybody may ask, and whose name, which the privacy officer alone may."""

from django.db import transaction

from upheld import crockford, ledger
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.policy.standing import OVERSIGHT
from upheld.staff import acting, sealing
from upheld.staff.errors import NoSuchMember
from upheld.staff.models import Member


def called(pseudonym: str) -> Member:
    """The member with this pseudonym, here or gone, however it was typed. Raises NoSuchMember."""
    signs = crockford.meant(pseudonym)
    found: Member | None = Member.objects.filter(pseudonym=f"{signs[:1]}-{signs[1:]}").first()
    if found is None:
        raise NoSuchMember(pseudonym)
    return found


@transaction.atomic
def resolve(pseudonym: str, *, by: Member) -> str:
    """The name behind a pseudonym, on record; the address where no name was given. Raises NoSuchMember, Refused."""
    actor = acting.as_staff(by, OVERSIGHT)
    require(Act.MEMBER_NAME, by=actor)
    member = called(pseudonym)
    named = sealing.unseal(member.named, member=member.pk, what="named")
    ledger.append(Act.MEMBER_NAME, by=actor, facts={"member": str(member.pk)})
    return str(named["name"] or named["address"])
