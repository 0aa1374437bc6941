"""Which jobs of the policy a member can hold, and who administers the desk."""

from collections.abc import Iterable

from upheld.policy import force
from upheld.policy.standing import MEMBERS
from upheld.staff.errors import LastAdministrator, NoSuchJob
from upheld.staff.models import Member

EMERGENCY = "emergency"  # what two members open for together: no job of anybody's


def offered() -> dict[str, str]:
    """The jobs that can be held, in the order of the policy, each with its title."""
    jobs = force.in_force().jobs
    return {name: job.title or name for name, job in jobs.items() if EMERGENCY not in job.during}


def titles(member: Member) -> list[str]:
    """The member's jobs, as people read them, in the order of the policy."""
    return [job.title or name for name, job in force.in_force().jobs.items() if name in member.jobs]


def checked(given: Iterable[str]) -> list[str]:
    """These jobs once each, in the order of the policy. Raises NoSuchJob."""
    wanted, known = set(given), offered()
    for unknown in sorted(wanted - known.keys()):
        raise NoSuchJob(unknown, ", ".join(known))
    return [name for name in known if name in wanted]


def administers(jobs: Iterable[str]) -> bool:
    """Whether one of these jobs is there for matters of staff."""
    known = force.in_force().jobs
    return any(MEMBERS in known[name].during for name in jobs if name in known)


def locked_members() -> list[Member]:
    """Everybody here, held until the transaction ends: of two changes at once the second sees the first."""
    return list(Member.objects.here().select_for_update().order_by("id"))


def keep_an_administrator(member: Member, *, jobs: Iterable[str] = ()) -> None:
    """Whether somebody still administers the desk once `member` holds these jobs. Raises LastAdministrator."""
    here = locked_members()
    if member not in here or not administers(member.jobs) or administers(jobs):
        return
    if not any(administers(each.jobs) for each in here if each != member):
        raise LastAdministrator(member)
