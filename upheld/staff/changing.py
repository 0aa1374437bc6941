"""Other jobs for a member. What they may do follows at once, whatever browser they are signed in with."""

from collections.abc import Iterable

from django.db import transaction

from upheld import ledger
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff import jobs as held
from upheld.staff.errors import NoSuchMember, OwnJobs
from upheld.staff.models import Member


@transaction.atomic
def change_jobs(member: Member, *, jobs: Iterable[str], by: Actor) -> Member:
    """These jobs in place of the ones before. Raises NoSuchJob, OwnJobs, LastAdministrator, NoSuchMember, Refused."""
    require(Act.MEMBER_CHANGE, by=by)
    if by.id == member.pk:
        raise OwnJobs
    wanted = held.checked(jobs)
    held.keep_an_administrator(member, jobs=wanted)
    found: Member | None = Member.objects.select_for_update().filter(pk=member.pk, left_at=None).first()
    if found is None:
        raise NoSuchMember(member)
    found.jobs = wanted
    found.save(update_fields=["jobs"])
    facts: dict[str, ledger.Fact] = {"member": str(found.pk), "jobs": wanted}
    ledger.append(Act.MEMBER_CHANGE, by=by, facts=facts)
    return found
