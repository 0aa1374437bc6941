"""The check of what the site lets people choose about their data: what is listed must be there, and must do what it
says."""

from collections.abc import Iterator

from upheld import vault
from upheld.contact.models import Choice
from upheld.policy import Promise, force, words
from upheld.policy.actors import Actor
from upheld.policy.checks import Finding, check
from upheld.rights import restricting
from upheld.rights import verbs as rights
from upheld.rights.checks import rehearsed
from upheld.rights.checks.rehearsal import Nobody
from upheld.rights.models import Request, Right, State
from upheld.rights.requests import starting
from upheld.vault.errors import Restricted
from upheld.vault.restricting import may_be
from upheld.web.pages import client, fetch
from upheld.web.rights_form import STARTED

WORDS = "A check of the page of rights."
BY = Actor.system("checks")


@check(
    Promise.CHOICES,
    how="Every right of the page /rights/, and every use that can be stopped, is chosen by a made-up person: the right "
    "must wait for the address's word with nothing done before, and the data must not open for the use until it is "
    "allowed again.",
)
def exercised() -> Finding:
    found = rehearsed.shown("exercised")
    missing = [f"not on the page /rights/: {each}" for each in _unlisted()]
    return Finding(False if missing else found.upheld, found.figure, (*missing, *found.details))


def _unlisted() -> list[str]:
    seen = fetch(client(), "/rights/")
    return [title for title, _ in STARTED.values() if title not in seen.words]


def _exercise(nobody: Nobody) -> Finding:
    uses = may_be(force.in_force())
    wrong = [*_started(nobody), *(each for name in uses for each in _stopped(nobody, name))]
    return Finding(not wrong, f"{len(STARTED)} rights asked for, {len(uses)} uses stopped and allowed", tuple(wrong))


def _started(nobody: Nobody) -> Iterator[str]:
    """Asked for as a visitor asks; taken back at the end, since nobody answers the letter."""
    before = Choice.objects.standing(nobody.subject)
    starting.start(nobody.value("email"), STARTED, text=WORDS, by=Actor.visitor())
    asked = Request.objects.standing().filter(subject=nobody.subject, way=starting.WAY)
    states = dict(asked.values_list("right", "state"))
    yield from (f"{right}: no request" for right in STARTED if right not in states)
    yield from (f"{right}: not asked back" for right, state in states.items() if state != State.NEED_VERIFICATION)
    if Choice.objects.standing(nobody.subject) != before:
        yield f"{Right.OPT_OUT}: done before the address said yes"
    for request in list(asked):
        rights.withdraw(request, by=nobody.by)


def _stopped(nobody: Nobody, name: str) -> Iterator[str]:
    """On the first value of theirs that this use is about."""
    found = _first(nobody, name)
    if found is None:
        return
    title = words.purpose(force.in_force(), name)
    restricting.restrict(nobody.subject, [name], by=nobody.by)
    if _opens(*found, name):
        yield f"{title}: stopped, and data open for it"
    restricting.lift(nobody.subject, [name], by=nobody.by)
    if not _opens(*found, name):
        yield f"{title}: allowed again, and data do not open for it"


def _first(nobody: Nobody, name: str) -> tuple[vault.Personal, str] | None:
    uses = force.in_force().purposes[name].uses
    for row in vault.rows_of(nobody.subject):
        for field in row.held():
            if type(row).field(field).datum in uses:
                return row, field
    return None


def _opens(row: vault.Personal, field: str, name: str) -> bool:
    try:
        vault.open(row, [field], by=BY, purpose=name)
    except Restricted:
        return False
    return True


rehearsed.also("exercised", _exercise)
