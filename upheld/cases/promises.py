"""The checks of what staff did: each act on a person's data lies within a turn of theirs on an open case."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min

from upheld import ledger, vault
from upheld.cases.models import Case, Turn
from upheld.policy import Promise
from upheld.policy.acts import Act
from upheld.policy.checks import Finding, check
from upheld.rights.checks import rehearsal
from upheld.staff.models import Member

LOOKS = (Act.FIELD_OPEN, Act.FIELD_MASK, Act.FIELD_COPY, Act.FIELD_PRINT)
CHUNK, MOST = 2000, 20
Key = tuple[UUID | None, str, str]  # subject, case as kind:id, member


@check(
    Promise.JOB_BOUND,
    how="Every entry of the ledger by which someone on the staff saw, copied or printed a value must lie in a turn "
    "of that very member on the case it names: they had taken it, and had neither handed it on nor closed it. Entries "
    "from before the first member was invited, and of people who were erased since, have no turns to compare with.",
)
def within_turns() -> Finding:
    turns, count, wrong = _turns(), 0, []
    for entry in _looks():
        if not _within(turns.get((entry.subject, entry.by.get("case", ""), entry.by.get("id", "")), ()), entry.at):
            if entry.subject is not None and vault.is_erased(entry.subject):
                continue
            wrong.append(f"entry {entry.id} on {entry.by.get('case', 'no case')} lies outside every turn of its member")
        count += 1
    return Finding(not wrong, f"{count} looks by staff, each within a turn on its case", tuple(wrong[:MOST]))


@check(
    Promise.JOB_BOUND,
    how="Every emergency on record is read back: somebody else than who asked must have agreed to it, and whatever was "
    "seen, copied or printed in it must lie within its minutes.",
)
def two_together() -> Finding:
    asked = {each.facts["glass"]: each.by["id"] for each in ledger.Entry.objects.filter(act=Act.GLASS_ASK).iterator()}
    count, wrong = 0, []
    for agreed in ledger.Entry.objects.filter(act=Act.GLASS_AGREE).order_by("id").iterator(chunk_size=CHUNK):
        if agreed.subject is None:
            continue  # it was refused
        count, id = count + 1, agreed.facts["glass"]
        if asked.get(id) in (None, agreed.by["id"]):
            wrong.append(f"emergency {id} was not asked for by one member and agreed to by another")
        ends = agreed.at + timedelta(minutes=agreed.facts["minutes"])
        looks = ledger.Entry.objects.of(agreed.subject).filter(act__in=LOOKS)
        inside = [each for each in looks.iterator() if each.by.get("case") == f"emergency:{id}"]
        wrong += [f"entry {each.id} lies outside emergency {id}" for each in inside if not agreed.at <= each.at <= ends]
    return Finding(not wrong, f"{count} emergencies, each opened by two together", tuple(wrong[:MOST]))


def _looks() -> Iterator["ledger.Entry"]:
    since = Member.objects.aggregate(first=Min("invited_at"))["first"]
    nobody = rehearsal.subjects()
    entries = ledger.Entry.objects.filter(act__in=LOOKS).order_by("id")
    if since is not None:
        entries = entries.filter(id__gte=vault.first_id(since))
    for entry in entries.iterator(chunk_size=CHUNK):
        if b'"kind":"staff"' in bytes(entry.body) and entry.by["kind"] == "staff" and entry.subject not in nobody:
            yield entry


def _turns() -> Mapping[Key, list[tuple[datetime, datetime | None]]]:
    """By person, case and member: from when to when, the oldest first."""
    named = {
        pk: (subject, f"{kind}:{about}")
        for pk, subject, kind, about in Case.objects.values_list("pk", "subject", "kind", "about")
    }
    found: dict[Key, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    rows = Turn.objects.order_by("since", "id").values_list("case", "member", "since", "until")
    for case, member, since, until in rows.iterator(chunk_size=CHUNK):
        if case in named:
            subject, name = named[case]
            whole = since.replace(microsecond=since.microsecond // 1000 * 1000)  # an entry's time has milliseconds
            found[subject, name, str(member)].append((whole, until))
    return found


def _within(turns: "list[tuple[datetime, datetime | None]] | tuple[()]", at: datetime) -> bool:
    """Whether one of these, none of which overlap, has the moment in it."""
    place = bisect_right([since for since, _ in turns], at) - 1
    if place < 0:
        return False
    until = turns[place][1]
    return until is None or at <= until
