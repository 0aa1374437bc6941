"""A member leaves, and is cut off at once: what they signed in with goes in the transaction in which they do."""

from django.db import transaction
from django.utils import timezone

from upheld import ledger
from upheld.policy.actors import Actor
from upheld.policy.acts import Act
from upheld.policy.decisions import require
from upheld.staff import jobs as held
from upheld.staff import sessions
from upheld.staff.models import Invitation, Member, StaffPasskey, StaffTotp


@transaction.atomic
def leave(member: Member, *, by: Actor) -> Member:
    """They work here no more; safe to repeat. Whoever was invited and has not joined cannot join any more. Their name
    stays sealed, so that the privacy officer can still tell who a pseudonym was.

    Raises LastAdministrator, Refused.
    """
    require(Act.MEMBER_LEAVE, by=by)
    held.keep_an_administrator(member)
    found: Member = Member.objects.select_for_update().get(pk=member.pk)
    if found.left_at is not None:
        return found
    sessions.end_all(found, by=Actor.system("leaving"))
    for ways in (Invitation, StaffPasskey, StaffTotp):
        ways.objects.filter(member=found).delete()
    found.left_at, found.jobs = timezone.now(), []
    found.save(update_fields=["left_at", "jobs"])
    ledger.append(Act.MEMBER_LEAVE, by=by, facts={"member": str(found.pk)})
    return found
