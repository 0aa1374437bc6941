"""Members as the policy and the ledger know them."""

from upheld.policy import force
from upheld.policy.actors import Actor
from upheld.staff.models import Member


def works_on(member: Member, kind: str) -> str:
    """The member's job that works on cases of this kind, the first of the policy's; empty when they hold none."""
    jobs = force.in_force().jobs
    return next((name for name, job in jobs.items() if name in member.jobs and kind in job.during), "")


def kinds_of(member: Member) -> tuple[str, ...]:
    """Every kind of case that one of the member's jobs works on, in the order of the policy."""
    jobs = force.in_force().jobs
    return tuple(dict.fromkeys(kind for name, job in jobs.items() if name in member.jobs for kind in job.during))


def as_staff(member: Member, kind: str = "") -> Actor:
    """Acting for the company and about nobody, in the job that works on this kind, such as news; or for themselves."""
    return Actor.staff(member.pk, job=works_on(member, kind) if kind else "")
