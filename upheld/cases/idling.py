"""Turns in which somebody opened data of a case and did nothing on it: in each three days that they keep it, and at its
end, with the day after."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from upheld.cases import noticing
from upheld.cases.models import Case, Turn
from upheld.ledger.models import Entry
from upheld.policy.acts import Act
from upheld.vault import first_id

DAY = timedelta(days=1)
LONG = timedelta(days=3)
OPENING = frozenset({Act.FIELD_COPY, Act.FIELD_OPEN, Act.FIELD_PRINT})
# What can be done to a case without doing anything for the person. Handing it to a colleague is something.
LOOKING = OPENING | {
    Act.CASE_CLOSE, Act.CASE_HAND_BACK, Act.CASE_START, Act.CASE_TAKE, Act.DOCUMENT_MAKE, Act.FIELD_MASK, Act.NOTE_KEEP,
    Act.SEARCH_MAKE,
}  # fmt: skip
REVIEWED = "emergency"  # each of these is looked into by the privacy officer


def judge(since: datetime, until: datetime) -> None:
    """Report the stretches that are due in this time, at most three days, and in which something was opened."""
    ended = Q(until__gte=since - DAY, until__lt=until - DAY)
    kept = Q(since__lt=until - LONG) & (Q(until=None) | Q(until__gte=since))
    for turn in Turn.objects.filter(ended | kept).order_by("id"):
        case = Case.objects.filter(subject=turn.subject, pk=turn.case).exclude(kind=REVIEWED).first()
        if case is not None:
            for begin, end in _due(turn, since, until):
                _judge(turn, f"{case.kind}:{case.about}", begin, end)


def did_something(acts: Iterable[str]) -> bool:
    return not LOOKING.issuperset(Act(act) for act in acts)


def _due(turn: Turn, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of a turn that are over in this time: three days each, and the last with the day after it."""
    third = turn.since + max(1, -((turn.since - since) // LONG)) * LONG
    if since <= third < until and (turn.until is None or third <= turn.until):
        yield third - LONG, third
    if turn.until and since <= turn.until + DAY < until:
        yield turn.since + (turn.until - turn.since) // LONG * LONG, turn.until + DAY


def _judge(turn: Turn, case: str, begin: datetime, end: datetime) -> None:
    entries = Entry.objects.of(turn.subject).filter(id__gte=first_id(begin), id__lt=first_id(end))
    acts = [
        each.act for each in entries.iterator() if each.by.get("id") == str(turn.member) and each.by.get("case") == case
    ]
    opened = sum(act in OPENING for act in acts)
    if opened and not did_something(acts):
        noticing.report("no_action", member=turn.member, case=case, figure=f"{opened} openings, and nothing done")
