"""The checks of holds and restrictions, on the made-up person of the rehearsal."""

from collections.abc import Iterator

from upheld import vault
from upheld.policy import Policy, Promise, force
from upheld.policy.actors import Actor
from upheld.policy.checks import Finding, check
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import Nobody, staff
from upheld.rights.requests.ending import CASE
from upheld.vault import holding, restricting
from upheld.vault.errors import OnHold, Restricted

BY = Actor.system("check")
Opening = tuple[vault.Personal, str, str]  # a row, a field of it, and a purpose that uses it


@check(
    Promise.DELETE,
    how="A hold is placed on a made-up person. While it stands neither an erasure nor the deletion of one thing may be "
    "carried out; when it is released nothing may be in their way, and the same person is then erased.",
)
def held() -> Finding:
    return rehearsed.shown("held")


@check(
    Promise.CHOICES,
    how="A made-up person refuses every use of their data that can be refused. For none of them may anything of theirs "
    "be opened then, while they still see it themselves; when they allow it again, it must open.",
)
def refused_uses() -> Finding:
    return rehearsed.shown("restricted")


def _hold(nobody: Nobody) -> Finding:
    if force.in_force().job_on(CASE) is None:
        return Finding(None, "no job of the policy works on requests, so that nobody can place a hold")
    by = staff(CASE, nobody.subject, nobody.subject)
    placed = holding.place(nobody.subject, reason="litigation", until=holding.today(), by=by)
    let_go = next(_let_go(nobody), "")
    if let_go:
        return Finding(False, "something let go under a hold", (let_go,))
    holding.release(placed, by=by)
    wrong = ["it stands after its release"] if holding.standing(nobody.subject) else []
    return Finding(not wrong, "an erasure and one deletion refused under a hold, and possible after it", tuple(wrong))


def _let_go(nobody: Nobody) -> Iterator[str]:
    row = next(vault.rows_of(nobody.subject))
    try:
        vault.remove(row, by=nobody.by)
        yield f"a row of {row.label()} was deleted under a hold"
    except OnHold:
        pass
    try:
        vault.shred(nobody.subject, by=nobody.by)
        yield "the keys were destroyed under a hold"
    except OnHold:
        pass


def _restrict(nobody: Nobody) -> Finding:
    found = list(_openings(nobody, force.in_force()))
    wrong = [f"nothing opens for {purpose}" for row, name, purpose in found if not _opens(row, name, purpose)]
    uses = {purpose for _, _, purpose in found}
    restricting.restrict(nobody.subject, uses, by=nobody.by)
    wrong += [f"opened for {purpose}, which they refused" for row, name, purpose in found if _opens(row, name, purpose)]
    for row, name, _ in found:
        vault.open(row, [name], by=nobody.by, purpose="access")
    restricting.lift(nobody.subject, uses, by=nobody.by)
    wrong += [f"still closed for {purpose}" for row, name, purpose in found if not _opens(row, name, purpose)]
    return Finding(not wrong, f"{len(found)} uses refused and allowed again, each heeded", tuple(wrong))


def _openings(nobody: Nobody, policy: Policy) -> Iterator[Opening]:
    """Something that is held of them, for each purpose that can be refused."""
    rows = list(vault.rows_of(nobody.subject))
    for purpose in restricting.may_be(policy):
        fits = ((row, name) for row in rows for name in row.held() if row.field(name).datum in _uses(policy, purpose))
        yield from ((row, name, purpose) for row, name in list(fits)[:1])


def _uses(policy: Policy, purpose: str) -> tuple[str, ...]:
    return policy.purposes[purpose].uses


def _opens(row: vault.Personal, name: str, purpose: str) -> bool:
    try:
        return bool(vault.open(row, [name], by=BY, purpose=purpose))
    except Restricted:
        return False


rehearsed.also("held", _hold)
rehearsed.also("restricted", _restrict)
