"""The rules by which `may` decides, each a function that returns the reason against a request, or nothing."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from upheld.policy.actors import Actor, Kind
from upheld.policy.acts import Act
from upheld.policy.document import Policy
from upheld.policy.promises import Promise
from upheld.policy.sections import RIGHTS
from upheld.policy.standing import ACCOUNTS, CORRECTIONS, GUESTS, ORDER, VISITORS, Standing


@dataclass(frozen=True, slots=True)
class Request:
    """What `may` was asked, in one piece."""

    act: Act
    policy: Policy
    by: Actor
    subject: UUID | None
    purpose: str
    data: tuple[str, ...]
    recipient: str
    source: str

    @property
    def own(self) -> bool:
        return self.by.id is not None and self.by.id == self.subject


def refusals(request: Request, standing: Standing) -> Iterable[str]:
    """Every reason against it, the most general first; an empty one is none. Each relies on those before it."""
    if request.act is Act.LETTER_SEND:  # whoever sends a letter opens the address to which it goes
        request = replace(request, data=(*request.data, "email"))
    yield _actor(request, standing)
    yield _standing(request, standing)
    if request.by.kind is Kind.STAFF:
        yield _staff(request) if standing.about_someone else _for_the_company(request, standing.work)
    if request.act in _FIELDS:
        yield _data(request)
        yield _FIELDS[request.act](request)


def _actor(request: Request, standing: Standing) -> str:
    if request.by.kind not in standing.kinds:
        return f"{request.act} is not for the actor {request.by.kind}"
    if request.by.kind is Kind.PERSON and standing.about_someone and not request.own:
        return "a person may act on their own data only"
    if request.by.kind is Kind.SYSTEM and not request.by.name:
        return "the system acts under the name of a task, and none is given"
    return ""


def _standing(request: Request, standing: Standing) -> str:
    """The declarations without which nobody may do this."""
    policy = request.policy
    if standing.promises and not policy.promises & standing.promises:
        return f"the policy does not promise {' or '.join(sorted(standing.promises))}"
    if standing.source == ORDER and request.by.kind is Kind.VISITOR and ORDER not in policy.guests:
        return _NO_GUESTS
    if standing.source and not policy.fields_of(standing.source):
        return f"no data declare the source {standing.source}"
    if standing.purpose and standing.purpose not in policy.purposes:
        return f"purposes.{standing.purpose} is not declared"
    if standing.datum and standing.datum not in policy.data:
        return f"data.{standing.datum} is not declared"
    return standing.refuses(policy, request.purpose) if standing.refuses else ""


def _staff(request: Request) -> str:
    job, case = request.policy.jobs.get(request.by.job), request.by.case
    if job is None:
        return f"jobs.{request.by.job} is not declared" if request.by.job else "no job is named"
    if case is None:
        return f"jobs.{request.by.job} opens nothing without a case"
    if not case.open:
        return f"the case {case.id} is closed"
    if request.subject is None or case.subject != request.subject:
        return f"the case {case.id} is about someone else"
    if case.kind not in job.during:
        return f"jobs.{request.by.job} does not work on {case.kind}"
    return _outside(request.data, job.opens, f"jobs.{request.by.job} does not open")


def _for_the_company(request: Request, work: str) -> str:
    """What staff do about nobody needs no case, but a job that is there for it; what is their own needs neither."""
    if not work:
        return ""
    job = request.policy.jobs.get(request.by.job)
    if job is None:
        return f"jobs.{request.by.job} is not declared" if request.by.job else "no job is named"
    return "" if work in job.during else f"jobs.{request.by.job} does not work on {work}"


def _data(request: Request) -> str:
    if request.subject is None:
        return "data are always about someone, and nobody is named"
    if not request.data:
        return "no data are named"
    missing = [name for name in request.data if name not in request.policy.data]
    return f"data.{missing[0]} is not declared" if missing else ""


_NO_GUESTS = "guests does not name order: people sign up before they order"


def _collect(request: Request) -> str:
    if not request.source:
        return "no source is named"
    for name in request.data:
        if request.source not in request.policy.data[name].sources:
            return f"data.{name} does not come from {request.source}"
    if request.by.kind is Kind.VISITOR and request.source == ACCOUNTS:
        return f"the source {ACCOUNTS} is for someone who has signed in"
    if request.by.kind is Kind.VISITOR and request.source == ORDER and ORDER not in request.policy.guests:
        return _NO_GUESTS
    if request.purpose:
        return _purpose(request)
    return ""


def _open(request: Request) -> str:
    if request.purpose in RIGHTS:
        return _right(request)
    refusal = _purpose(request)
    if refusal:
        return refusal
    if request.by.kind is Kind.VISITOR and request.purpose not in _visitors(request.policy):
        return f"purposes.{request.purpose} is not for a visitor"
    if request.policy.purposes[request.purpose].choice and request.by.kind is not Kind.SYSTEM:
        return f"purposes.{request.purpose} is for letters, which the system sends"
    return ""


def _visitors(policy: Policy) -> frozenset[str]:
    return VISITORS | GUESTS if ORDER in policy.guests else VISITORS


def _right(request: Request) -> str:
    promise = Promise.CORRECT if request.purpose == "correction" else Promise.SEE
    if promise not in request.policy.promises:
        return f"the policy does not promise {promise}"
    return "" if request.by.kind is Kind.PERSON else f"the purpose {request.purpose} is the person's own right"


def _purpose(request: Request) -> str:
    purpose = request.policy.purposes.get(request.purpose)
    if purpose is None:
        return f"purposes.{request.purpose} is not declared" if request.purpose else "no purpose is named"
    return _outside(request.data, purpose.uses, f"purposes.{request.purpose} does not use")


def _disclose(request: Request) -> str:
    recipient = request.policy.recipients.get(request.recipient)
    if recipient is None:
        return f"recipients.{request.recipient} is not declared" if request.recipient else "no recipient is named"
    if request.by.kind is Kind.VISITOR and recipient.purpose not in _visitors(request.policy):
        return f"recipients.{request.recipient} receives nothing from a visitor"
    if request.purpose and request.purpose != recipient.purpose:
        return f"recipients.{request.recipient} is for {recipient.purpose}, not for {request.purpose}"
    return _outside(request.data, recipient.receives, f"recipients.{request.recipient} does not receive")


def _correct(request: Request) -> str:
    """The promise to correct covers every datum, so what corrects it may come in by the two ways of asking for it."""
    for name in request.data:
        if request.source and request.source not in {*request.policy.data[name].sources, *CORRECTIONS}:
            return f"data.{name} does not come from {request.source}"
    return ""


def _outside(asked: Iterable[str], permitted: Collection[str], said: str) -> str:
    outside = [name for name in asked if name not in permitted]
    return f"{said} {outside[0]}" if outside else ""


_FIELDS: dict[Act, Callable[[Request], str]] = {
    Act.FIELD_COLLECT: _collect,
    Act.FIELD_COPY: _open,
    Act.FIELD_CORRECT: _correct,
    Act.FIELD_DISCLOSE: _disclose,
    Act.FIELD_MASK: _open,
    Act.FIELD_OPEN: _open,
    Act.FIELD_PRINT: _open,
    Act.LETTER_SEND: _open,
}
