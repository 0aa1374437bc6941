"""What counts by its last word alone: choices, interests, restrictions, erasures that were asked for or taken back, and
which jobs a member of staff has.
Of what was said since a copy was made, the last word about each thing is what holds after a restore."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from uuid import UUID

from upheld import vault
from upheld.backups import staffed
from upheld.backups.again import SAME
from upheld.contact.models import Choice, Interest
from upheld.ledger.models import Entry
from upheld.policy.acts import Act
from upheld.rights.erasure.waiting import CANCEL
from upheld.rights.models import ErasureRequest
from upheld.vault.models import Restriction

ACTS = (
    Act.CHOICE_RECORD,
    Act.INTEREST_RECORD,
    Act.MEMBER_CHANGE,
    Act.RESTRICTION_LIFT,
    Act.RESTRICTION_PLACE,
    Act.SUBJECT_ERASE,
    Act.SUBJECT_KEEP,
)
RIGHTS = {"kind": "system", "name": "rights"}  # who restricts what an erasure stops while it can be taken back

Thing = tuple[UUID, str]  # whose, and which topic, product or purpose


@dataclass
class LastWords:
    """Read in the order of the log."""

    choices: dict[Thing, Entry] = field(default_factory=dict)
    interests: dict[Thing, Entry] = field(default_factory=dict)
    restrictions: dict[Thing, Entry] = field(default_factory=dict)
    ends: dict[Thing, str | None] = field(default_factory=dict)  # the moment at which a restriction ends by itself
    jobs: dict[str, Entry] = field(default_factory=dict)  # by member
    erasures: dict[UUID, list[Entry]] = field(default_factory=dict)  # those since one was taken back

    def hear(self, entry: Entry) -> None:
        if entry.act == Act.MEMBER_CHANGE:
            self.jobs[entry.facts["member"]] = entry
            return
        assert entry.subject is not None  # each other of ACTS is about somebody
        if entry.act == Act.CHOICE_RECORD:
            self.choices[entry.subject, entry.facts["topic"]] = entry
        elif entry.act == Act.INTEREST_RECORD:
            self.interests[entry.subject, entry.facts["product"]] = entry
        elif entry.act == Act.SUBJECT_KEEP:
            self.erasures[entry.subject] = []
        elif entry.act == Act.SUBJECT_ERASE:
            self.erasures.setdefault(entry.subject, []).append(entry)
        else:
            things = [(entry.subject, purpose) for purpose in entry.facts["purposes"]]
            self.ends |= dict.fromkeys(things, entry.facts.get("at"))
            self.restrictions |= {} if "at" in entry.facts else dict.fromkeys(things, entry)

    def heed(self, erased: Collection[UUID]) -> Iterator[tuple[str, bool]]:
        """Do what each says; the name under which it counts, and whether it changed anything. Of people who were
        erased, and of those of whom nothing is here, nothing is made."""
        here = {subject: subject not in erased and _is_here(subject) for subject in self._subjects()}
        for (subject, topic), entry in self.choices.items():
            yield "choices", here[subject] and _chosen(subject, topic, entry)
        for (subject, product), entry in self.interests.items():
            yield "choices", here[subject] and _interested(subject, product, entry)
        for (subject, purpose), entry in self.restrictions.items():
            yield "restrictions", here[subject] and _restricted(subject, purpose, entry)
        for (subject, purpose), at in self.ends.items():
            yield "restrictions", here[subject] and _ends(subject, purpose, at)
        for subject, asked in self.erasures.items():
            yield "asked", here[subject] and _asked(subject, asked)
        for entry in self.jobs.values():
            yield "staff", staffed.jobs_changed(entry)

    def _subjects(self) -> set[UUID]:
        things = (*self.choices, *self.interests, *self.ends)
        return {subject for subject, _ in things} | self.erasures.keys()


def _asked(subject: UUID, asked: list[Entry]) -> bool:
    """The worker carries it out, when what it waits for is over."""
    if not asked:
        return bool(ErasureRequest.objects.filter(subject=subject).delete()[0])
    undo = int(asked[0].facts.get("undo", 0))
    values = {
        "asked_at": asked[0].at,
        "due_at": asked[0].at + timedelta(days=undo) if undo else None,
        "settle": asked[-1].facts.get("settle", CANCEL),
        "restricted": sorted(_stopped(asked)) if undo else [],
    }
    row, fresh = ErasureRequest.objects.get_or_create(subject=subject, defaults=values)
    if fresh or row.settle == values["settle"]:
        return fresh
    row.settle = values["settle"]
    row.save(update_fields=["settle"])
    return True


def _stopped(asked: list[Entry]) -> set[str]:
    """The purposes that an erasure stopped itself: those on record right before each entry that asks for it. What its
    person had stopped besides stays so when they take the erasure back."""
    stopped = set[str]()
    for each in asked:
        before = Entry.objects.filter(subject=each.subject, id__lt=each.id).order_by("-id")[:2]
        for entry in reversed(list(takewhile(_is_of_an_erasure, before))):
            purposes = set(entry.facts["purposes"])
            stopped = stopped | purposes if entry.act == Act.RESTRICTION_PLACE else stopped - purposes
    return stopped


def _is_of_an_erasure(entry: Entry) -> bool:
    return entry.act in (Act.RESTRICTION_PLACE, Act.RESTRICTION_LIFT) and entry.by == RIGHTS


def _chosen(subject: UUID, topic: str, entry: Entry) -> bool:
    """The log's order is what counts: its times are cut to milliseconds."""
    latest = Choice.objects.of_topic(subject, topic).first()
    at, allowed = entry.at, bool(entry.facts["allowed"])
    if latest is not None:
        if latest.allowed is allowed and latest.at > at - SAME:
            return False
        at = max(at, latest.at + timedelta(microseconds=1))
    Choice.objects.create(subject=subject, topic=topic, allowed=allowed, at=at, source=entry.facts["source"])
    return True


def _interested(subject: UUID, product: str, entry: Entry) -> bool:
    if not entry.facts["interested"]:
        return bool(Interest.objects.filter(subject=subject, product=product).delete()[0])
    said = {"at": entry.at, "source": entry.facts["source"]}
    return Interest.objects.get_or_create(subject=subject, product=product, defaults=said)[1]


def _restricted(subject: UUID, purpose: str, entry: Entry) -> bool:
    if entry.act == Act.RESTRICTION_LIFT:
        return bool(Restriction.objects.filter(subject=subject, purpose=purpose).delete()[0])
    placed = {"placed_at": entry.at}
    return Restriction.objects.get_or_create(subject=subject, purpose=purpose, defaults=placed)[1]


def _ends(subject: UUID, purpose: str, at: str | None) -> bool:
    ends = datetime.fromisoformat(at) if at else None
    standing = Restriction.objects.filter(subject=subject, purpose=purpose)
    return bool(standing.exclude(lifts_at=ends).update(lifts_at=ends))


def _is_here(subject: UUID) -> bool:
    """Whether something sealed of this person is here."""
    return any(model._base_manager.filter(subject=subject).exists() for model in vault.registry())
