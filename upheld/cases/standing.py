"""Whether the case that a member of staff names stands: asked by the policy about every act of theirs on a person."""

from uuid import UUID

from upheld.cases import kinds
from upheld.cases.models import Case
from upheld.policy.actors import Actor
from upheld.rights.checks.rehearsal import NOBODY_OF_US
from upheld.rights.models import MadeUp
from upheld.staff.models import Member


def why_not(by: Actor, subject: UUID) -> str:
    """Empty when there is such a case about this person, it is open, and it is this member's, who still works here.

    A check's own clerk (`NOBODY_OF_US`) acts on whom it made up without one, and on nobody else.
    """
    if by.id == NOBODY_OF_US and MadeUp.objects.filter(id=subject).exists():
        return ""
    named = by.case
    if named is None:
        return "no case is named"
    found = Case.objects.open().filter(subject=subject, kind=named.kind, about=named.id).first()
    if found is None:
        return f"there is no open case {named.kind} {named.id}"
    if found.taken_by is None or found.taken_by != by.id:
        return f"the case {named.id} is not theirs"
    if not kinds.is_open(found):
        return f"the case {named.id} is closed"
    member = Member.objects.here().filter(pk=by.id).first()
    if member is None:
        return "they do not work here"
    return "" if _holds(member, by.job, named.kind) else f"they do not hold the job {by.job}"


def _holds(member: Member, job: str, kind: str) -> bool:
    """The job emergency is nobody's: two of us open for it together, who hold another one still."""
    return job in member.jobs or (kind == "emergency" and bool(member.jobs))
