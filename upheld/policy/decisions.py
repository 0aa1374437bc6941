"""May this happen? A pure function over a policy, which refuses whatever nothing declared permits."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from upheld.policy import force
from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.document import Policy
from upheld.policy.errors import Refused
from upheld.policy.rules import Request, refusals
from upheld.policy.standing import STANDING

NOBODY = UUID(int=1)
"""A subject for a check to ask about: people's ids are of version 7 (RFC 9562), so that this is nobody's, ever."""
Guard = Callable[[Actor, UUID], str]
"""Asked about a member of staff who acts on a person: why their case does not stand, or nothing."""
_guards: list[Guard] = []


def guard_cases(asked: Guard) -> None:
    """From here on, staff act on a case only if this finds nothing against it: whether there is such a case, whether
    it is open, and whether it is theirs. A project without a desk has no guard, and its doors see to it."""
    if asked not in _guards:
        _guards.append(asked)


@dataclass(frozen=True, slots=True)
class Allowed:
    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """A refusal; `reason` names the declaration, or the lack of one, that refused."""

    reason: str

    def __bool__(self) -> Literal[False]:
        return False


def may(
    act: Act,
    *,
    policy: Policy,
    by: Actor,
    subject: UUID | None = None,
    purpose: str = "",
    data: Collection[str] = (),
    recipient: str = "",
    source: str = "",
) -> Allowed | Denied:
    """Whether the policy permits the act. Pure and total: it raises nothing, and changes nothing."""
    names = (data,) if isinstance(data, str) else tuple(data)
    request = Request(act, policy, by, subject, purpose, names, recipient, source)
    standing = STANDING.get(act)
    if standing is None:
        return Denied(f"no rule says who may do {act}")
    for refusal in refusals(request, standing):
        if refusal:
            return Denied(refusal)
    return Allowed()


def require(
    act: Act,
    *,
    by: Actor,
    subject: UUID | None = None,
    purpose: str = "",
    data: Collection[str] = (),
    recipient: str = "",
    source: str = "",
) -> None:
    """Ask the policy in force. Raises Refused with the reason; PolicyError when there is no policy to ask."""
    require_each(act, [subject], by=by, purpose=purpose, data=data, recipient=recipient, source=source)


def require_each(
    act: Act,
    subjects: Iterable[UUID | None],
    *,
    by: Actor,
    purpose: str = "",
    data: Collection[str] = (),
    recipient: str = "",
    source: str = "",
) -> None:
    """`require` for many people under one policy: the one that holds when the first is asked about."""
    policy = force.in_force()
    for subject in subjects:
        answer = may(
            act,
            policy=policy,
            by=by,
            subject=subject,
            purpose=purpose,
            data=data,
            recipient=recipient,
            source=source,
        )
        if not answer:
            raise Refused(answer.reason)
        if by.kind is Kind.STAFF and subject not in (None, NOBODY):
            for asked in _guards:
                if reason := asked(by, subject):
                    raise Refused(reason)
