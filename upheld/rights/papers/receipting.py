"""Receipts are made from the record: of a request at any step, of an erasure, of one thing that was deleted.

Nothing is opened for one, and nothing is kept of it, so it can be made again whenever somebody has a use for it: also
when the request's own row, or everything else about the person, is gone.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upheld import ledger
from upheld.contact.languages import day, in_words_of
from upheld.contact.letters import on_site
from upheld.ledger import keys as ledger_keys
from upheld.ledger.proofs import check_proof
from upheld.policy import force
from upheld.policy.acts import Act
from upheld.rights.erasure.planning import Staying
from upheld.rights.errors import NotHeld
from upheld.rights.models import Request, Right, State
from upheld.rights.papers import receipts
from upheld.rights.papers.receipt_lines import ENDS, Step, written
from upheld.rights.papers.receipts import Receipt
from upheld.rights.reasons import RIGHTS, SENTENCES, STATES, Reason
from upheld.vault.models import Notice
from upheld.vault.rows import first_id

PAGE = "/receipt/"  # where anybody can check one
STEPS = (Act.REQUEST_OPEN, Act.REQUEST_CONFIRM, Act.REQUEST_STEP)
MOST_KEPT = 50  # lines, before they are put together
TOLD = {Right.ERASURE: "erased", Right.RECTIFICATION: "corrected"}
ERASED = (
    "Erasure of everything held about one person.",
    "The keys that opened their data were destroyed first, so that no older copy can be read.",
    "Then the rows were removed, and every store was read again.",
)
REMOVED = ("Deletion of one thing that was held about a person.", "Everything else stayed as it was.")


def of_request(request: Request) -> Receipt:
    """Where it stands, by its newest step. Gives the newest entries their places in the log first."""
    return of_record(request.subject, request.pk, number=request.number, language=request.language)


def of_record(subject: UUID, request: UUID, *, number: str = "", language: str = "en") -> Receipt:
    """The same of a request whose row may be gone. Raises NotHeld when the record knows of none."""
    steps = _steps(subject, f"{Request.label()}:{request}")
    if not steps:
        raise NotHeld("the record of requests")
    last, right = steps[-1], str(steps[0].facts["right"])
    asked = steps[0].at
    values = {
        "about": right,
        "request": request,
        "number": number or None,
        "step": _said(steps),
        "did": _did(subject, f"{Request.label()}:{request}", asked),
        "told": _told(subject, TOLD[Right(right)], since=asked) if right in TOLD else (),
    }
    with in_words_of(language):
        return _make(last, values, _sentences(number, right, last))


def of_erasure(
    asked: "ledger.Entry", shredded: "ledger.Entry", *, stays: Sequence[Staying], found: Sequence[str]
) -> Receipt:
    """Of one that is done: by request, or at a press of a button."""
    subject = shredded.subject
    assert subject is not None  # an erasure is always about someone
    request, steps = _asked_for(shredded)
    first = steps or [Step(asked.at, State.OPEN)]
    end = State.PARTLY_FULFILLED if stays else State.FULFILLED
    values = {
        "about": Right.ERASURE,
        "request": request,
        "step": [*first, Step(shredded.at, end, Reason.KEPT_BY_LAW if stays else "")],
        "removed": shredded.facts["rows"],
        "did": _did(subject, f"{Request.label()}:{request}", first[0].at) if request else (),
        "kept": _kept(stays),
        "told": _told(subject, TOLD[Right.ERASURE], since=first[0].at),
        "found": found,
    }
    return _make(shredded, values, ERASED)


def of_item(removed: "ledger.Entry", *, found: list[str], kept: Sequence[Staying] = ()) -> Receipt:
    """Of one row that was deleted alone; `removed` is the entry that says so, and `found` what a second look found."""
    values = {
        "about": "item",
        "item": removed.facts["row"],
        "step": [Step(removed.at, State.PARTLY_FULFILLED if kept else State.FULFILLED)],
        "kept": _kept(kept),
        "found": found,
    }
    return _make(removed, values, REMOVED)


def _make(entry: "ledger.Entry", values: dict[str, Any], sentences: Sequence[str]) -> Receipt:
    ledger.sequence()
    policy, signer = force.in_force(), ledger_keys.signer()
    proof = ledger.prove(entry)
    proven = check_proof(proof, signer.verifier)
    first, last = values["step"][0], values["step"][-1]
    values |= {
        "controller": policy.controller.name,
        "subject": entry.subject,
        "state": last.state,
        "asked": first.at,
        "done": last.at if last.state in ENDS else None,
        "policy": policy.digest,
        "entry": entry.id,
        "index": proven.index,
        "tree": proven.checkpoint.size,
    }
    proves = _("It is signed, and proves that the public record says the same. Anybody can check it: %(page)s")
    sentences = [*sentences, proves % {"page": on_site(PAGE)}]
    text = receipts.write(values, sentences=sentences, proof=proof, signer=signer)
    return receipts.verify(text.encode(), str(signer.verifier))


def _sentences(number: str, right: str, last: "ledger.Entry") -> list[str]:
    state, reason = str(last.facts["state"]), last.facts["reason"]
    asked = _("Receipt for a request: %(right)s. Its number is %(number)s.") if number else _("Receipt: %(right)s.")
    stands = _("Since %(day)s it stands like this: %(state)s.")
    why = [str(SENTENCES[str(reason)])] if reason else []
    return [
        asked % {"right": RIGHTS[right], "number": number},
        stands % {"day": day(last.at), "state": STATES[state]},
        *why,
    ]


def _steps(subject: UUID, reference: str) -> list["ledger.Entry"]:
    found = ledger.Entry.objects.of(subject).filter(act__in=STEPS)
    return [entry for entry in found if entry.facts["request"] == reference]


def _said(steps: Iterable["ledger.Entry"]) -> list[Step]:
    return [Step(each.at, str(each.facts["state"]), str(each.facts["reason"] or "")) for each in steps]


def _asked_for(shredded: "ledger.Entry") -> tuple[UUID | None, list[Step]]:
    """The request for erasure that was carried out, and its steps; none when a button was pressed, or when the request
    had ended otherwise by then."""
    subject = shredded.subject
    assert subject is not None  # an erasure is always about someone
    entries = ledger.Entry.objects.of(subject).filter(act=Act.REQUEST_STEP, id__lt=shredded.id).reverse()
    erasing = next((each for each in entries if each.facts["reason"] == Reason.ERASING), None)
    if erasing is None:
        return None, []
    reference = str(erasing.facts["request"])
    steps = _said(each for each in _steps(subject, reference) if each.id < shredded.id)
    if steps[-1].state in ENDS:
        return None, []
    return UUID(reference.partition(":")[2]), steps


def _did(subject: UUID, reference: str, since: datetime) -> list[str]:
    """How many other entries name the request, by act."""
    found = ledger.Entry.objects.of(subject).filter(id__gte=first_id(since)).exclude(act__in=STEPS)
    needle = f'"{reference}"'.encode()
    rows = found.values_list("act", "body").iterator(chunk_size=2000)
    counts = Counter(act for act, body in rows if needle in bytes(body))
    return sorted(f"{act} {count}" for act, count in counts.items())


def _told(subject: UUID, reason: str, *, since: datetime) -> list[str]:
    """Recipient, what it was told of, how it answered, and for how many matters."""
    found = Notice.objects.filter(subject=subject, reason=reason, asked_at__gte=since)
    said = (f"{each.recipient} {reason} {each.answer or ('told' if each.told_at else 'asked')}" for each in found)
    return sorted(f"{line} {count}" for line, count in Counter(said).items())


def _kept(stays: Sequence[Staying]) -> list[str]:
    """A line each; or, where they are many, a line for each kind and reason, with the last day of all."""
    lines = Counter(f"{each.label}: {', '.join(each.titles)}, {_until(each)}" for each in stays)
    if len(lines) <= MOST_KEPT:
        return sorted(written(f"{line} ({count} times)" if count > 1 else line) for line, count in lines.items())
    last = {(each.label, each.reason): each for each in sorted(stays, key=lambda each: each.until or date.max)}
    counts = Counter((each.label, each.reason) for each in stays)
    return sorted(written(f"{each.label}: {counts[kind]}, the last {_until(each)}") for kind, each in last.items())


def _until(each: Staying) -> str:
    return f"until {each.until or 'a day that is not known yet'}, because: {each.reason}"
