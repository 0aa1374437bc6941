"""A letter to a member's own address. It is opened for the letter alone."""

from upheld.contact import verbs as contact
from upheld.contact.letters import Wording
from upheld.policy.actors import Actor
from upheld.staff import sealing
from upheld.staff.models import Member


def write(member: Member, wording: Wording) -> None:
    """Raises what `contact.answer` raises."""
    address = sealing.unseal(member.named, member=member.pk, what="named")["address"]
    contact.answer(wording, email=address, by=Actor.system("letters"))
