"""Whether a case was a member's at some time: that it is not any more is nothing that they did wrong."""

from uuid import UUID

from upheld.cases.errors import NoSuchCase
from upheld.cases.models import Case, Turn
from upheld.staff.models import Member


class EmergencyOver(NoSuchCase):
    """Nothing of it is open to you any more. Ask for another one if somebody is still in danger."""


def had(member: Member, kind: str, about: UUID) -> bool:
    cases = Case.objects.filter(kind=kind, about=about).values("pk")
    found: bool = Turn.objects.filter(case__in=cases, member=member.pk).exists()
    return found
