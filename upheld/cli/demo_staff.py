"""The demonstration's staff: an invented colleague for each job, who did what the shop's history tells of, and whose
place anybody at the screen can take by their invitation."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from upheld.cli.staff import working

if TYPE_CHECKING:
    from uuid import UUID

    from upheld.policy.actors import Actor
    from upheld.staff.models import Member

NAMES = (
    "Robin Made-Up",
    "Kim Invented",
    "Sasha Sample",
    "Toni Placeholder",
    "Alex Nobody",
    "Jo Fiction",
    "Mika Fable",
    "Lou Imaginary",
)
DOMAIN = "staff.example.com"


def invite_all() -> Mapping[str, str]:
    """For each job that can be held, in the policy's order, the link by which its colleague joins; empty for one who
    has joined. Links of an earlier run serve no more."""
    from upheld.staff import jobs

    return {job: _invite(job, NAMES[at % len(NAMES)]) for at, job in enumerate(jobs.offered())}


@contextmanager
def on_case(
    kind: str, *, on: "UUID", subject: "UUID", number: str = "", reason: str = "", starts: bool = True
) -> "Iterator[Actor]":
    """The colleague whose job works on such cases, on this one."""
    with (
        _at_work(kind) as member,
        working(member, kind, on=on, subject=subject, number=number, reason=reason, starts=starts) as actor,
    ):
        yield actor


def leave_waiting(kind: str, *, on: "UUID", subject: "UUID", number: str, reason: str) -> None:
    """They started a case, and handed it back for whoever comes next."""
    from upheld.cases import taking

    if taking.open_case(kind, on) is None:
        with _at_work(kind) as member:
            taking.hand_back(
                taking.start(kind, on, subject=subject, number=number, reason=reason, by=member), by=member
            )


@contextmanager
def _at_work(kind: str) -> "Iterator[Member]":
    """Nobody has joined yet when the history is made: they count as here for as long as it takes."""
    from django.utils import timezone

    from upheld.policy import force
    from upheld.staff.models import Member

    job = force.in_force().job_on(kind)
    member = _member(job or "")
    if _has_joined(member):
        yield member
        return
    member.enrolled_at = timezone.now()
    member.save(update_fields=["enrolled_at"])
    try:
        yield member
    finally:
        Member.objects.filter(pk=member.pk).update(enrolled_at=None)


def _invite(job: str, name: str) -> str:
    from upheld.policy.actors import Actor
    from upheld.staff import inviting
    from upheld.staff.models import Member

    known = Member.objects.filter(address_digest=inviting.digest(_address(job)), left_at=None).first()
    if known is not None:
        if _has_joined(known):
            return ""
        Member.objects.filter(pk=known.pk).update(enrolled_at=None)  # an earlier run was interrupted
    return str(inviting.invite(_address(job), name=name, jobs=[job], by=Actor.operator()).link)


def _member(job: str) -> "Member":
    from upheld.staff import inviting
    from upheld.staff.models import Member

    found: Member = Member.objects.get(address_digest=inviting.digest(_address(job)), left_at=None)
    return found


def _has_joined(member: "Member") -> bool:
    from upheld.staff.models import StaffPasskey, StaffTotp

    return any(model.objects.filter(member=member).exists() for model in (StaffPasskey, StaffTotp))


def _address(job: str) -> str:
    return f"{job}@{DOMAIN}"
