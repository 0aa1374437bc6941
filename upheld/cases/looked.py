"""Who on our staff looked at what is held about a person, as that person reads it: case by case, the newest first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from uuid import UUID

from upheld import ledger, vault
from upheld.cases.models import Case
from upheld.cases.titles import title
from upheld.policy import force
from upheld.policy.document import Policy
from upheld.rights import words
from upheld.rights.seen import story
from upheld.rights.seen.story import OPENINGS, SHOWN, purpose_title

PAGE = 100
MARK = b'"kind":"staff"'  # in the body of every entry of theirs
NO_CASE = "No case"
CUT = timedelta(milliseconds=1)  # the times of entries are cut to it


@dataclass(frozen=True, slots=True)
class Look:
    """One entry of the ledger. Nothing that was seen is here."""

    entry: UUID
    at: datetime
    way: str  # such as Opened
    titles: tuple[str, ...]  # of the fields
    purpose: str
    job: str  # its title
    who: str  # the member's pseudonym
    case: str  # its kind in words, and its number where it has one
    reason: str  # where staff started the case


@dataclass(frozen=True, slots=True)
class Group:
    """What one member looked at on one case, without another between."""

    case: str
    reason: str
    job: str
    who: str
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """`older` is the entry before which the next page begins; None at the end."""

    groups: tuple[Group, ...]
    older: UUID | None


def looked(subject: UUID, *, before: UUID | None = None) -> Page:
    """The newest `PAGE`, or those before an entry. Opens nothing."""
    found = list(islice(_entries(subject, before), PAGE + 1))
    looks = _told(subject, found[:PAGE])
    groups = groupby(looks, key=lambda each: (each.case, each.reason, each.job, each.who))
    older = found[PAGE - 1].pk if len(found) > PAGE else None
    return Page(tuple(Group(*names, tuple(each)) for names, each in groups), older)


def look(subject: UUID, entry: UUID) -> Look | None:
    """One of them, if it is about this person."""
    found = ledger.Entry.objects.of(subject).filter(OPENINGS, pk=entry)
    return next(iter(_told(subject, [each for each in found if _is_staffs(each)])), None)


def _entries(subject: UUID, before: UUID | None) -> Iterator["ledger.Entry"]:
    entries = ledger.Entry.objects.of(subject).filter(OPENINGS).reverse()
    rows = entries if before is None else entries.filter(pk__lt=before)
    return filter(_is_staffs, rows.iterator(chunk_size=story.PAGE))


def _is_staffs(entry: "ledger.Entry") -> bool:
    """What is not is the most, and need not be read."""
    return MARK in bytes(entry.body) and entry.by["kind"] == "staff"


def _told(subject: UUID, entries: list["ledger.Entry"]) -> list[Look]:
    """What they refer to is looked up once for them all."""
    policy = force.in_force()
    staff = words.pseudonyms(_member(each) for each in entries)
    cases = list(Case.objects.filter(subject=subject).order_by("opened_at", "id"))
    return [_look(each, policy, staff, _case_then(each, cases)) for each in entries]


def _case_then(entry: "ledger.Entry", cases: list[Case]) -> Case | None:
    """The one that it was done on: a later one about the same, with another reason, changes nothing of it."""
    kind, _, about = entry.by.get("case", "").partition(":")
    begun = (each for each in reversed(cases) if each.opened_at < entry.at + CUT)
    return next((each for each in begun if (each.kind, str(each.about)) == (kind, about)), None)


def _member(entry: "ledger.Entry") -> UUID | None:
    id = entry.by.get("id")
    return UUID(id) if id else None


def _look(entry: "ledger.Entry", policy: Policy, staff: Mapping[UUID | None, str], case: Case | None) -> Look:
    by, facts = entry.by, entry.facts
    job = policy.jobs.get(by.get("job", ""))
    return Look(
        entry=entry.pk,
        at=entry.at,
        way=SHOWN[entry.act],
        titles=_titles(policy, str(facts["row"]).partition(":")[0], tuple(facts["fields"])),
        purpose=purpose_title(policy, str(facts["purpose"])),
        job=job.title if job and job.title else by.get("job", "").capitalize(),
        who=staff.get(_member(entry)) or words.STAFF,
        case=_case(by.get("case", ""), case),
        reason=case.reason.replace("_", " ") if case else "",
    )


def _case(reference: str, case: Case | None) -> str:
    kind = reference.partition(":")[0]
    number = case.number if case else ""
    return f"{title(kind)} {number}".strip() if kind else NO_CASE


def _titles(policy: Policy, label: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """A field that a later version no longer has is told by its own name."""
    model = vault.by_label(label)
    known = model.sealed_fields() if model else {}
    read = (words.field(policy, model, name) if model and name in known else name for name in names)
    return tuple(dict.fromkeys(read))
