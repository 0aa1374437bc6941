"""The check that what people wrote is opened to answer them, and for nothing else. The whole record is read."""

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction

from upheld import ledger, vault
from upheld.conversations.models import Attachment, Message
from upheld.policy import RIGHTS, Promise, Refused, force
from upheld.policy.actors import Actor, Case, Kind
from upheld.policy.acts import Act
from upheld.policy.checks import Finding, check
from upheld.policy.decisions import NOBODY

CHUNK, MOST = 2000, 20
PURPOSE = "reply"
ROWS = {model.label(): model for model in (Attachment, Message)}
MARKS = tuple(f'"row":"{label}'.encode() for label in ROWS)
SOMEONE, OURS, OTHER = NOBODY, UUID(int=2), UUID(int=3)  # a subject who is nobody, and two matters of theirs


@check(
    Promise.REPLY_ONLY,
    how="Every opening in the ledger of something that was said or enclosed must be by the person themselves, or by "
    "someone on our staff for the purpose reply, on a case that is the conversation it belongs to. And the vault is "
    "asked, in each job that answers people, to refuse what belongs to another conversation.",
)
def reply_only() -> Finding:
    wrong, own, ours = list(_let_in()), 0, 0
    for entry in ledger.Entry.objects.filter(act=Act.FIELD_OPEN).order_by("id").iterator(chunk_size=CHUNK):
        if not any(mark in bytes(entry.body) for mark in MARKS) or _label(entry) not in ROWS:
            continue
        by_person = entry.by["kind"] == Kind.PERSON
        own, ours = own + by_person, ours + (not by_person)
        reason = _own(entry) if by_person else _answering(entry)
        if reason:
            wrong.append(f"entry {entry.id} {reason}")
    figure = f"{ours} openings by staff, each for its own conversation; {own} by the people who wrote"
    return Finding(not wrong, figure, tuple(wrong[:MOST]))


def _label(entry: "ledger.Entry") -> str:
    return str(entry.facts["row"]).partition(":")[0]


def _own(entry: "ledger.Entry") -> str:
    """What is wrong with a person's opening: nothing, when it is of what is theirs, as their right."""
    if entry.by.get("id") != str(entry.subject):
        return "was by somebody else"
    purpose = entry.facts["purpose"]
    return "" if purpose == PURPOSE or purpose in RIGHTS else f"was for {purpose}"


def _answering(entry: "ledger.Entry") -> str:
    by, facts = entry.by, entry.facts
    if by["kind"] != Kind.STAFF:
        return f"was by the {by['kind']}"
    if facts["purpose"] != PURPOSE:
        return f"was for {facts['purpose']}"
    matter = str(by.get("case", "")).partition(":")[2]
    if not matter or facts.get("because") != f"conversation:{matter}":
        return "was on another case than its conversation"
    return "" if _belongs(str(facts["row"]), matter) else "was of another conversation than its case"


def _belongs(reference: str, matter: str) -> bool:
    """A row that is still there is asked itself; several at once were compared by the vault, as it is asked below."""
    label, _, id = reference.partition(":")
    row = ROWS[label]._base_manager.filter(pk=id).first() if id else None
    return row is None or str(getattr(row, row.case_of)) == matter


def _let_in() -> Iterator[str]:
    """Whom the vault would let in to a conversation that is not their case, or keep from the one that is."""
    for name, job in force.in_force().jobs.items():
        if "message" in job.opens and job.during:
            for model in ROWS.values():
                if _opens(model, Case(job.during[0], OTHER, SOMEONE), name):
                    yield f"{name} may open the {model.label()} of another conversation"
                if not _opens(model, Case(job.during[0], OURS, SOMEONE), name):
                    yield f"{name} may not open the {model.label()} of the conversation to be answered"


def _opens(model: type[Message | Attachment], case: Case, job: str) -> bool:
    """Asked of a row that is nobody's, empty and never saved; what the record would say is taken back."""
    row = model(subject=SOMEONE, conversation=OURS)
    by = Actor.staff(OTHER, job=job, case=case)
    with transaction.atomic():
        try:
            vault.open(row, model.sealed_fields(), by=by, purpose=PURPOSE, because=f"conversation:{case.id}")
        except Refused:
            return False
        finally:
            transaction.set_rollback(True)
    return True
