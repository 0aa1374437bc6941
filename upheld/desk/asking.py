"""May I? The policy is asked about a member of staff, a kind of case and an act; it is about nobody, and changes
nothing."""

from dataclasses import dataclass
from uuid import UUID

from upheld.cases.fields import purpose_of
from upheld.cases.kinds import KINDS
from upheld.policy import Policy, force, words
from upheld.policy.actors import Actor, Case, Kind
from upheld.policy.acts import Act
from upheld.policy.decisions import may
from upheld.policy.standing import STANDING
from upheld.staff.models import Member

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Answer:
    """`refusal` is what refuses, and empty where nothing does; `jobs` are those to which it is allowed, in words."""

    refusal: str
    jobs: tuple[str, ...]
    needs_case: bool


def answer(member: Member, kind: str, act: Act, datum: str = "") -> Answer:
    """What the policy in force says to this member, in the job of theirs that comes furthest."""
    policy = force.in_force()
    refused = {job: _refusal(policy, job, kind, act, datum) for job in policy.jobs}
    mine = sorted((job for job in policy.jobs if job in member.jobs), key=lambda job: _fit(policy, job, kind, refused))
    refusal = refused[mine[0]] if mine else _refusal(policy, "", kind, act, datum)
    allowed = tuple(words.job(policy, job) for job, why in refused.items() if not why)
    return Answer(refusal, allowed, needs_case=STANDING[act].about_someone)


def kinds(policy: Policy) -> tuple[str, ...]:
    """Every kind of case that a job works on, and every kind of work that is about nobody."""
    return tuple(dict.fromkeys(kind for job in policy.jobs.values() for kind in job.during))


def acts() -> tuple[list[Act], list[Act]]:
    """Those that staff may do at all, and the others, each by its words."""
    every = sorted(STANDING, key=title)
    of_staff = [act for act in every if Kind.STAFF in STANDING[act].kinds]
    return of_staff, [act for act in every if act not in of_staff]


def title(act: Act) -> str:
    """`orders:order:refund` as "Refund order"."""
    _, thing, done = act.value.split(":")
    return f"{done} {thing}".replace("_", " ").capitalize()


def _refusal(policy: Policy, job: str, kind: str, act: Act, datum: str) -> str:
    about_someone = STANDING[act].about_someone
    case = Case(kind, NOBODY, NOBODY) if about_someone and kind in KINDS else None
    recipient = _recipient(policy, datum) if act is Act.FIELD_DISCLOSE else ""
    said = may(
        act,
        policy=policy,
        by=Actor.staff(NOBODY, job=job, case=case),
        subject=NOBODY if about_someone else None,
        purpose="" if recipient else _purpose(kind, datum),
        data=(datum,) if datum else (),
        recipient=recipient,
    )
    return "" if said else said.reason


def _fit(policy: Policy, job: str, kind: str, refused: dict[str, str]) -> tuple[bool, bool]:
    """What is allowed before what is not; what works on such cases before what does not."""
    return bool(refused[job]), kind not in policy.jobs[job].during


def _purpose(kind: str, datum: str) -> str:
    """As the desk itself opens it."""
    if kind not in KINDS:
        return ""
    return (purpose_of(kind, datum) if datum else "") or KINDS[kind].purpose


def _recipient(policy: Policy, datum: str) -> str:
    """The first who receives it; else the first of all, who does not."""
    receiving = (name for name, each in policy.recipients.items() if datum in each.receives)
    return next(receiving, next(iter(policy.recipients), ""))
